"""One raw row: whether it is an erased person's, and what is left of it.

Belongs here: judging a row by what its source declares of its columns, and rewriting
it. Does not belong here: finding rows in files (`files.py`).

A row is the person's if a column that bears `meta.pii` says one of their words; free
text tells nothing of whose the row is, so there the word alone goes. Tables that
declare `meta.on_erasure: keep` keep their rows as numbers: personal columns lose their
values, and what named the person names a surrogate.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from orchestration.ingestion.naming import snake_case
from orchestration.ingestion.sources import SourceTable
from orchestration.privacy.erasure.words import Words

_FREE_TEXT = "free_text"
_LIST = re.compile(r"[;,|]")


class Verdict(StrEnum):
    """What becomes of a row."""

    REMOVED = "removed"
    KEPT = "kept as numbers"
    MENDED = "mended"
    """It is somebody else's and names the person."""


@dataclass(frozen=True)
class Policy:
    """What a source table declares that matters to erasure.

    Attributes:
        system: the source system.
        table: the raw table, qualified.
        classes: class of personal data (`meta.pii`) by column.
        key: the columns that tell rows apart.
        is_kept: whether rows stay as numbers.
    """

    system: str
    table: str
    classes: Mapping[str, str] = field(default_factory=dict)
    key: tuple[str, ...] = ()
    is_kept: bool = False

    @property
    def numbers(self) -> list[str]:
        """Key columns that hold the number of an order, and of no person."""
        keys = [] if not self.is_kept else self.key
        return [column for column in keys if column not in self.classes]


def policy_of(source: SourceTable) -> Policy:
    """Return the policy of a source table."""
    return Policy(
        system=source.system,
        table=f"{source.schema}.{source.table}",
        classes=source.personal_columns,
        key=source.key,
        is_kept=source.is_kept_on_erasure,
    )


Judge = Callable[[Mapping[str, str | None]], "Verdict | None"]
"""What becomes of a row, given by column."""


def judge(
    row: Mapping[str, str | None], policy: Policy, words: Words
) -> Verdict | None:
    """Return what becomes of a row, by column; None if it names nobody."""
    says = {
        column
        for column, value in row.items()
        if value and words.said_in(value, policy.system)
    }
    personal = {c for c in says if policy.classes.get(c, _FREE_TEXT) != _FREE_TEXT}
    numbers = words.orders.get(policy.system, frozenset())
    if personal or any((row.get(c) or "").lower() in numbers for c in policy.numbers):
        return Verdict.KEPT if policy.is_kept else Verdict.REMOVED
    return Verdict.MENDED if says else None


@dataclass(frozen=True)
class Redactor:
    """Rewrites rows of one table.

    Attributes:
        policy: of the table.
        words: of the batch.
        surrogates: what stands for the id of a record of this system.
    """

    policy: Policy
    words: Words
    surrogates: Mapping[str, str]

    def value(self, column: str, value: Any, verdict: Verdict) -> Any:
        """Return what is left of a value, JSON or text, of a kept or mended row."""
        if verdict is Verdict.KEPT and column in self.policy.classes:
            return self._scrubbed(value)
        return self._mended(value)

    def json_line(self, text: str, verdict: Verdict) -> str:
        """Return what is left of a row of JSON lines."""
        row = {
            name: self.value(snake_case(name), value, verdict)
            for name, value in json.loads(text).items()
        }
        return json.dumps(row, ensure_ascii=False, separators=(",", ":"))

    def csv_line(
        self, text: str, columns: list[str], delimiter: str, verdict: Verdict
    ) -> str:
        """Return what is left of a row of CSV with these columns."""
        fields = next(csv.reader(io.StringIO(text), delimiter=delimiter))
        out = io.StringIO()
        csv.writer(out, delimiter=delimiter, lineterminator="").writerow(
            self.value(column, value, verdict)
            for column, value in zip(columns, fields, strict=True)
        )
        return out.getvalue()

    def _scrubbed(self, value: Any) -> Any:
        match value:
            case dict():
                return {name: self._scrubbed(inner) for name, inner in value.items()}
            case list():
                return [self._scrubbed(inner) for inner in value]
            case str() if value[:1] in ("{", "["):
                try:
                    return json.dumps(self._scrubbed(json.loads(value)))
                except ValueError:
                    return None
            case str() if _LIST.search(value):
                # Of a list of ids, those of others stay.
                return "".join(
                    part if part in ";,|" else self._mended(part, scrub=True)
                    for part in re.split(r"([;,|])", value)
                )
            case None | bool():
                return None
        return self.surrogates.get(str(value).strip().lower())

    def _mended(self, value: Any, *, scrub: bool = False) -> Any:
        match value:
            case dict():
                return {name: self._mended(inner) for name, inner in value.items()}
            case list():
                return [self._mended(inner) for inner in value]
            case int() if not isinstance(value, bool):
                said = self.words.said_in(str(value), self.policy.system)
                return self.surrogates.get(str(value)) if said else value
            case str() if self.words.said_in(value, self.policy.system):
                known = self.surrogates.get(value.strip().lower())
                if known or scrub:
                    return known or ""
                return self.words.without(value, self.policy.system)
        return value
