"""What agreement and disagreement are worth, estimated without labels by Splink.

Belongs here: turning the comparisons of our seeds into Splink's, and its estimates into
weights. Does not belong here: what is compared (rules.py), how pairs are scored (the
model int_identity__match_scores), and the page about a model (model_card.py).
"""

from __future__ import annotations

import logging
import math
import re
from collections.abc import Iterable
from typing import Any

import duckdb

from orchestration.matching.rules import Comparison, Weight

TRAINING_RULES = (
    ("given_name", "family_name"),
    ("birth_date",),
    ("family_name", "postal_code"),
)
"""What pairs must share to be learnt from; none may demand what all others demand."""

_TABLE = "people_to_learn_from"
_U_PAIRS = 2_000_000
_FLOOR_M = 0.01
_FLOOR_U = 1e-7
"""What estimates are never below: in a table where no match differs, some yet will."""

logger = logging.getLogger("c360.matching")


class TrainingError(ValueError):
    """Weights cannot be estimated; the message says why and what to do."""


def estimate_weights(
    connection: duckdb.DuckDBPyConnection, comparisons: Iterable[Comparison], seed: int
) -> dict[tuple[str, str], Weight]:
    """Estimate m and u of every level that the data shows.

    u comes from pairs taken at random, m by expectation maximisation (Dempster, Laird
    and Rubin 1977) over the pairs of each training rule in turn; a rule teaches nothing
    of the fields that it demands equal, so several are used.

    Args:
        connection: with a relation `profiles`, as int_identity__match_profiles.
        comparisons: of the rules.
        seed: of the random pairs; the same seed gives the same u.

    Returns:
        The weight by (comparison, level), of levels that were seen.

    Raises:
        TrainingError: Splink is not installed, or there is nothing to learn from.
    """
    splink = _splink()
    known = [c for c in comparisons if _is_stated(connection, c)]
    if not known:
        raise TrainingError("The profiles state nothing that the rules compare.")
    frequencies = {
        level.rarity_of for c in known for level in c.levels if level.rarity_of
    }
    columns = {name for c in known for name in _fields(c)} | frequencies
    connection.execute(
        f"create or replace temporary table {_TABLE} as "
        f"select entity_key as unique_id, {', '.join(sorted(columns))} from profiles"
    )
    count = connection.execute("select count(*) from profiles").fetchall()[0][0]
    settings = splink.SettingsCreator(
        link_type="dedupe_only",
        comparisons=[as_splink(c) for c in known],
        probability_two_random_records_match=1 / max(count, 2),
    )
    api = splink.DuckDBAPI(connection)
    linker = splink.Linker(api.register(_TABLE), settings, log_level=logging.ERROR)
    linker.training.estimate_u_using_random_sampling(max_pairs=_U_PAIRS, seed=seed)
    for rule in TRAINING_RULES:
        if set(rule) <= columns:
            linker.training.estimate_parameters_using_expectation_maximisation(
                splink.block_on(*rule), record_sample_proportion=1.0
            )
    return _weights(linker.misc.save_model_to_json())


def average(
    found: Iterable[dict[tuple[str, str], Weight]], comparisons: Iterable[Comparison]
) -> dict[tuple[str, str], Weight]:
    """Return one model of several: of each level the geometric means of m and of u.

    Raises:
        TrainingError: no source shows a level, so that it stays untrained.
    """
    models = list(found)
    averaged = {}
    for comparison in comparisons:
        for level in comparison.levels:
            name = (comparison.name, level.name)
            seen = [model[name] for model in models if name in model]
            if not seen:
                raise TrainingError(
                    f"Nothing shows the level '{level.name}' of the comparison "
                    f"'{comparison.name}'. Train from more records, which state "
                    f"{', '.join(comparison.fields)}, or take the level out of "
                    "seeds/match_rules.csv."
                )
            m, u = (
                math.exp(sum(math.log(value) for value in values) / len(seen))
                for values in ([w.m for w in seen], [w.u for w in seen])
            )
            u = m if level.is_told else u
            averaged[name] = Weight(m, u, math.log2(m / u))
    return averaged


def as_splink(
    comparison: Comparison, weights: dict[tuple[str, str], Weight] | None = None
) -> dict[str, Any]:
    """Return a comparison in the form of Splink's settings, with m and u if known."""
    levels: list[dict[str, Any]] = [
        {
            "sql_condition": _two_sided(comparison.is_unknown),
            "label_for_charts": "unknown",
            "is_null_level": True,
        }
    ]
    for level in comparison.levels:
        told: dict[str, Any] = {
            "sql_condition": _two_sided(level.condition) if level.condition else "ELSE",
            "label_for_charts": level.name,
        }
        if level.rarity_of:
            told["tf_adjustment_column"] = level.rarity_of
        if weights:
            known = weights[comparison.name, level.name]
            told |= {"m_probability": known.m, "u_probability": known.u}
        levels.append(told)
    return {"output_column_name": comparison.name, "comparison_levels": levels}


def _splink() -> Any:
    try:
        import splink
    except ImportError as error:
        raise TrainingError(
            "Training needs Splink, which is not installed. Run pip install "
            "'customer360[train]'; matching itself does not need it."
        ) from error
    return splink


def _is_stated(connection: duckdb.DuckDBPyConnection, comparison: Comparison) -> bool:
    stated = " or ".join(f"{field} is not null" for field in comparison.fields)
    query = f"select count(*) > 1 from profiles where {stated}"
    return bool(connection.execute(query).fetchall()[0][0])


def _fields(comparison: Comparison) -> set[str]:
    conditions = " ".join(level.condition or "" for level in comparison.levels)
    named = re.findall(r"\b(?:one|other)\.(\w+)", conditions)
    return {*named, *comparison.fields, *comparison.silent}


def _two_sided(condition: str) -> str:
    """Return a condition over `one` and `other` as Splink writes it, with _l and _r."""
    return re.sub(
        r"\b(one|other)\.(\w+)",
        lambda found: f"{found[2]}_{'l' if found[1] == 'one' else 'r'}",
        condition,
    )


def _weights(model: dict[str, Any]) -> dict[tuple[str, str], Weight]:
    found = {}
    for comparison in model["comparisons"]:
        for level in comparison["comparison_levels"]:
            m, u = level.get("m_probability"), level.get("u_probability")
            if level.get("is_null_level") or m is None or u is None:
                continue
            m, u = max(m, _FLOOR_M), max(u, _FLOOR_U)
            name = (comparison["output_column_name"], level["label_for_charts"])
            found[name] = Weight(m, u, math.log2(m / u))
    return found
