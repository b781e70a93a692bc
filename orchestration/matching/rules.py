"""The rules of matching as Python sees them: the seeds, and the SQL they stand for.

Belongs here: reading seeds/match_rules.csv and seeds/match_weights.csv, writing the
latter, and rendering a level by the macros that the models use. Does not belong here:
estimating weights (training.py).
"""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import jinja2

from orchestration.warehouse import PROJECT_ROOT

SEEDS = PROJECT_ROOT / "seeds"
_MACROS = (
    "cross_db/have_in_common",
    "cross_db/is_similar",
    "identity/matching/match_test",
)


@dataclass(frozen=True)
class Level:
    """One level of a comparison: the first whose condition holds counts."""

    name: str
    condition: str | None
    """SQL over `one` and `other`; None for what is left."""
    rarity_of: str | None
    """The field whose frequency is weighed in, if any."""
    is_told: bool = False
    """Whether a level of another comparison says the same, as of names swapped."""


@dataclass(frozen=True)
class Comparison:
    """How two entities are compared in one respect."""

    name: str
    fields: tuple[str, ...]
    levels: tuple[Level, ...]
    silent: tuple[str, ...] = ()
    """The fields of which two have the same where the comparison tells nothing."""

    @property
    def is_unknown(self) -> str:
        """SQL for: there is nothing to compare, or nothing to be told by it."""
        missing = " and ".join(
            f"(one.{field} is null or other.{field} is null)" for field in self.fields
        )
        # Null where one of them has none of it, which is as good as false.
        return " or ".join([missing, *(f"one.{f} = other.{f}" for f in self.silent)])


@dataclass(frozen=True)
class Block:
    """A blocking rule: entities that share all its fields are compared."""

    name: str
    fields: tuple[str, ...]
    max_entities: int


@dataclass(frozen=True)
class Weight:
    """What training found of one level."""

    m: float
    u: float
    weight: float
    """log2(m / u)."""


def read_comparisons(seeds: Path = SEEDS) -> list[Comparison]:
    """Return the comparisons of seeds/match_rules.csv, levels in order."""
    with (seeds / "match_rules.csv").open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["part"] == "compare"]
    rows.sort(key=lambda row: int(row["position"]))
    found = []
    swapped: set[frozenset[str]] = set()
    for name in dict.fromkeys(row["name"] for row in rows):
        of_name = [row for row in rows if row["name"] == name]
        told = [row for row in of_name if row["test"] != "silent"]
        silent = [row["fields"] for row in of_name if row["test"] == "silent"]
        found.append(
            Comparison(
                name,
                fields=tuple(told[-1]["fields"].split()),
                levels=tuple(_level(row, swapped) for row in told),
                silent=tuple(" ".join(silent).split()),
            )
        )
    return found


def read_blocks(seeds: Path = SEEDS) -> list[Block]:
    """Return the blocking rules of seeds/match_rules.csv."""
    with (seeds / "match_rules.csv").open(encoding="utf-8", newline="") as file:
        return [
            Block(row["name"], tuple(row["fields"].split()), int(row["max_entities"]))
            for row in csv.DictReader(file)
            if row["part"] == "block"
        ]


def read_settings(seeds: Path = SEEDS) -> dict[str, float]:
    """Return the settings of seeds/match_weights.csv, such as the thresholds."""
    with (seeds / "match_weights.csv").open(encoding="utf-8", newline="") as file:
        return {
            row["level"]: float(row["weight"])
            for row in csv.DictReader(file)
            if row["comparison"] == "setting"
        }


def weights_csv(
    weights: dict[tuple[str, str], Weight], settings: dict[str, float]
) -> str:
    """Return the text of seeds/match_weights.csv."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["comparison", "level", "m", "u", "weight"])
    for (comparison, level), found in weights.items():
        numbers = (f"{found.m:.6g}", f"{found.u:.6g}", f"{found.weight:.6f}")
        writer.writerow([comparison, level, *numbers])
    for name, value in settings.items():
        writer.writerow(["setting", name, "", "", f"{value:g}"])
    return text.getvalue()


def _level(row: dict[str, str], swapped: set[frozenset[str]]) -> Level:
    fields = row["fields"].split()
    is_told = row["test"] == "swapped" and frozenset(fields) in swapped
    if row["test"] == "swapped":
        swapped.add(frozenset(fields))
    is_rest = row["test"] == "otherwise"
    condition = None if is_rest else " ".join(_match_test(row["test"], fields).split())
    rarity = fields[0] if row["weighs_rarity"] == "true" else None
    return Level(row["level"], condition, rarity, is_told)


def _match_test(test: str, fields: list[str]) -> str:
    return str(_macros().match_test(test, fields))


@cache
def _macros() -> Any:
    """Return the macros that write a level, dispatched as on DuckDB."""
    environment = jinja2.Environment(trim_blocks=False)
    found: dict[str, Any] = {}

    def dispatch(macro: str, _: str) -> Any:
        module = found["module"]
        return getattr(module, f"duckdb__{macro}", None) or getattr(
            module, f"default__{macro}"
        )

    environment.globals["adapter"] = SimpleNamespace(dispatch=dispatch)
    environment.globals["return"] = lambda value: value
    source = "\n".join(
        (PROJECT_ROOT / "macros" / f"{name}.sql").read_text(encoding="utf-8")
        for name in _MACROS
    )
    found["module"] = environment.from_string(source).module
    return found["module"]
