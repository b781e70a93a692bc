"""The words that are a person's alone: identifiers, ids of records, their spellings.

Belongs here: telling them in a value, and how else they may be spelt. Does not belong
here: which they are (`own_words.py`), and what is done where they stand.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from urllib.parse import quote

from orchestration.privacy.erasure.needles import Needles

SHORTEST_PROVEN = 6
"""Characters; whether a shorter word is somebody's cannot be told from bytes alone."""

SIGN = r'[^\s"{}\[\]:,;|&=?/]+'
"""A word inside JSON, a list or a URL, as a regular expression."""

PHONE = r"\+?\(?\d[\d ().\-/]{5,18}\d"
"""What may be a phone number as somebody types it."""

_SIGNS = re.compile(SIGN)
_PHONES = re.compile(PHONE)
_HASH = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True)
class Words:
    """What only the people of one batch hold.

    Attributes:
        identifiers: identifier to its type, in all spellings and hashes; lower case.
        records: ids of records by source system; lower case.
        orders: ids that are numbers of orders and not of people, by source system; they
            tell a row, and stay.
        record_keys: the keys of the records.
    """

    identifiers: Mapping[str, str]
    records: Mapping[str, frozenset[str]]
    orders: Mapping[str, frozenset[str]] = field(default_factory=dict)
    record_keys: tuple[str, ...] = ()

    @cached_property
    def proven(self) -> Needles:
        """What no file may hold afterwards."""
        # A hash that is a record's id may be that of an address which others share.
        words = set(self.identifiers).union(
            word
            for system, ids in self.records.items()
            for word in ids - self.orders.get(system, frozenset())
            if not _HASH.fullmatch(word)
        )
        long = {word for word in words if len(word) >= SHORTEST_PROVEN}
        return Needles(long | {quote(w, safe="") for w in long} | _escaped(long))

    def sought(self, system: str | None) -> Needles:
        """Return what is looked for in files of a system; None: in all others."""
        if system is None:
            return self.proven
        if system not in self._sought:
            short = {w for w in self._of(system) if len(w) < SHORTEST_PROVEN}
            long = self._of(system) - short
            numbers = self.orders.get(system, frozenset())
            self._sought[system] = Needles(
                long | _escaped(long) | numbers | _delimited(short)
            )
        return self._sought[system]

    def said_in(self, value: str | None, system: str) -> set[str]:
        """Return the words that a value says, alone or among others or inside JSON."""
        if not value:
            return set()
        mine, low = self._of(system), value.lower().strip()
        if low in mine:
            return {low}
        if "\\u" in low:
            low = _unescaped(value).lower()
        signs = (*_SIGNS.findall(low), *_PHONES.findall(low))
        return {sign for sign in signs if sign in mine}

    def without(self, text: str, system: str, instead: str = "[erased]") -> str:
        """Return a text with the words taken out."""
        for word in sorted(self.said_in(text, system), key=len, reverse=True):
            whole = rf"(?<![\w.+-]){re.escape(word)}(?![\w-])"
            text = re.sub(whole, instead, text, flags=re.IGNORECASE)
        return text

    def save(self, path: Path) -> None:
        """Write them down for a later process, for its owner's eyes only."""
        path.touch(mode=0o600)
        path.write_text(
            json.dumps(
                {
                    "identifiers": dict(self.identifiers),
                    "records": {s: sorted(w) for s, w in self.records.items()},
                    "orders": {s: sorted(w) for s, w in self.orders.items()},
                    "record_keys": self.record_keys,
                }
            ),
            encoding="utf-8",
        )

    @classmethod
    def load(cls, path: Path) -> Words:
        """Read what `save` wrote."""
        said = json.loads(path.read_text(encoding="utf-8"))
        return cls(
            said["identifiers"],
            {s: frozenset(words) for s, words in said["records"].items()},
            {s: frozenset(words) for s, words in said["orders"].items()},
            tuple(said["record_keys"]),
        )

    @cached_property
    def _sought(self) -> dict[str, Needles]:
        return {}

    @cached_property
    def _mine(self) -> dict[str, set[str]]:
        return {}

    def _of(self, system: str) -> set[str]:
        if system not in self._mine:
            ids = self.records.get(system, frozenset())
            ids = ids - self.orders.get(system, frozenset())
            self._mine[system] = set(self.identifiers) | ids
        return self._mine[system]


def _unescaped(value: str) -> str:
    """Return JSON with its escapes resolved; what is no JSON, as it is."""
    try:
        return json.dumps(json.loads(value), ensure_ascii=False)
    except ValueError:
        return value


def _escaped(words: set[str]) -> set[str]:
    """Return how JSON spells words with signs beyond ASCII."""
    return {json.dumps(word)[1:-1].lower() for word in words if not word.isascii()}


def _delimited(words: set[str]) -> set[str]:
    """Return short words with what may stand on either side of a value."""
    return {f"{a}{w}{b}" for w in words for a in '",:[ ;\n' for b in '",:}] ;\r\n'}
