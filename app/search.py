"""Finding customers by any fragment of what they are known by, with typos.

Belongs here: asking the index of a release, and ranking what it finds. Does not belong
here: what is in the index (search_index.py), and who may ask for what (access.py).
"""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import duckdb
import numpy as np
import tantivy
from rapidfuzz import process
from rapidfuzz.distance import JaroWinkler

from app.search_index import (
    FIELDS,
    bare,
    build_index,
    fold,
    padded,
    register_pieces,
    words,
)
from orchestration.releases.directory import SEARCH

# Longer ones are no names any more; what goes past is left out.
MAX_LENGTH = 100

# So many does the index propose, by the pieces they share with what was asked.
_CANDIDATES = 100

# So many pieces are looked up, the rarest. Two typos spoil six or eight; with 18 of
# them nobody more was found, and it took half as long again.
_PIECES = 12

# What can be meant by a fragment without a digit, and by one with some. An id of a
# customer is found when it is whole: any two differ in a few digits.
_LETTERED = frozenset({"name", "email", "id"})
_NUMBERED = _LETTERED | {"phone", "order"}

# A customer id, and the texts with their kinds.
Known = tuple[str, list[tuple[str, str]]]

# Below it, what is found resembles what was asked by accident: the words of two people
# drawn at random agree to 0.5 on average, and one of a hundred pairs to 0.75.
_LEAST_SCORE = 0.8


@dataclass(frozen=True)
class Hit:
    """A customer who was found.

    Attributes:
        customer_id: who.
        score: how well what was asked agrees with what they are known by, 1 for wholly.
        kind: by what: name, email, phone, id, order or customer_id.
        text: what they are known by that agrees best; personal data.
    """

    customer_id: str
    score: float
    kind: str
    text: str


class _Text(NamedTuple):
    """A text that a candidate is known by, taken apart to be compared."""

    place: int
    kind: str
    text: str
    words: list[str]
    core: str


class SearchUnavailableError(OSError):
    """The release has no index and none can be built; the message says what to do."""


class SearchIndex:
    """The index of one release, open; safe to use from many threads."""

    def __init__(self, folder: Path) -> None:
        self._index = tantivy.Index.open(str(folder))
        register_pieces(self._index)
        try:
            for field in FIELDS:
                tantivy.Query.term_query(self._index.schema, field, "")
        except ValueError as error:
            raise SearchUnavailableError(
                "The search index of the release in use is not one that this version "
                "reads: an older one made it. One run makes it anew: c360 run"
            ) from error
        self._searcher = self._index.searcher()

    def search(self, text: str, limit: int = 20) -> list[Hit]:
        """Return whom a text finds, the best first.

        What is the whole of an e-mail address, a number or an id finds only its owners.

        Args:
            text: any part of a name, e-mail address, phone or order number or id, typed
                more or less well, in any script.
            limit: how many to return at most.
        """
        folded = fold(text.strip()[:MAX_LENGTH])
        return self._exact(folded, limit) or self._resembling(folded, limit)

    def find_exactly(self, text: str, limit: int = 20) -> list[Hit]:
        """Return who has a text for an address, a number or an id, all of it."""
        return self._exact(fold(text.strip()[:MAX_LENGTH]), limit)

    def _exact(self, folded: str, limit: int) -> list[Hit]:
        asked = bare(folded)
        if not asked:
            return []
        query = tantivy.Query.term_query(self._index.schema, "exact", asked)
        return [
            Hit(customer_id, 1.0, kind, text)
            for customer_id, texts in self._stored(query, limit)
            for kind, text in texts
            if kind != "name" and bare(fold(text)) == asked
        ][:limit]

    def _resembling(self, folded: str, limit: int) -> list[Hit]:
        pieces = self._telling(_pieces(padded(folded)))
        if not pieces:
            return []
        query = tantivy.Query.boolean_query(
            [
                (
                    tantivy.Occur.Should,
                    tantivy.Query.term_query(self._index.schema, field, piece, "freq"),
                )
                for field, piece in pieces
            ]
        )
        return _ranked(folded, self._stored(query, _CANDIDATES))[:limit]

    def _telling(self, pieces: list[str]) -> list[tuple[str, str]]:
        """Return the pieces that tell most, those of the fewest customers, by field.

        What all have in their addresses costs most to look up and says least.
        """
        fields = [("names", piece) for piece in pieces]
        fields += [("codes", piece) for piece in pieces if any(map(str.isdigit, piece))]
        counted = ((self._searcher.doc_freq(*each), each) for each in fields)
        return [each for count, each in sorted(counted) if count][:_PIECES]

    def _stored(self, query: tantivy.Query, limit: int) -> list[Known]:
        """Return customers with their texts, as the index ranks them."""
        found = self._searcher.search(query, limit, count=False)
        documents = (self._searcher.doc(address) for _, address in found.hits)
        return [
            (
                document["customer_id"][0],
                [
                    (kind, text)
                    for kind, text in json.loads(bytes(document["texts"][0]))
                ],
            )
            for document in documents
        ]


def open_index(connection: duckdb.DuckDBPyConnection, release: Path) -> SearchIndex:
    """Open the index of a release, building it if it is not there yet.

    Args:
        connection: to the whole release.
        release: its directory.

    Raises:
        SearchUnavailableError: it must be built and the directory is not writable.
    """
    if not (release / SEARCH).exists():
        _build_once(connection, release)
    return SearchIndex(release / SEARCH)


def _build_once(connection: duckdb.DuckDBPyConnection, release: Path) -> None:
    """Build the index unless another process just did."""
    try:
        with _locked(release):
            build_index(connection, release)
    except PermissionError as error:
        raise SearchUnavailableError(
            f"{release} has no search index, and this user may not write one there. "
            "Run c360 search-index as the user who publishes."
        ) from error


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """Keep other processes out until they find what was made."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def _pieces(text: str) -> list[str]:
    """Return the distinct pieces of three letters."""
    return list(dict.fromkeys(text[at : at + 3] for at in range(len(text) - 2)))


def _ranked(folded: str, candidates: list[Known]) -> list[Hit]:
    """Return the candidates who agree well enough, the best first.

    A customer scores by the words asked for, each against the nearest word that the
    customer is known by; or by a text that holds all that was asked.
    """
    asked, whole = words(folded), _core(folded)
    has_digits = any(map(str.isdigit, folded))
    known = list(_comparable(candidates, _NUMBERED if has_digits else _LETTERED))
    if not asked or not known:
        return []
    scores = _best_by_word(asked, known)
    by_text = _alike([whole], [text.core for text in known])[0].tolist()
    best: dict[int, tuple[float, _Text]] = {}
    for text, likeness in zip(known, by_text, strict=True):
        if len(whole) > 1 and whole in text.core:
            likeness = 0.9 + 0.1 * len(whole) / len(text.core)
            scores[text.place] = max(scores[text.place], likeness)
        if text.place not in best or likeness > best[text.place][0]:
            best[text.place] = likeness, text
    hits = [
        Hit(candidates[place][0], round(scores[place], 4), text.kind, text.text)
        for place, (_, text) in best.items()
        if round(scores[place], 4) >= _LEAST_SCORE
    ]
    return sorted(hits, key=lambda hit: -hit.score)


def _comparable(candidates: list[Known], kinds: frozenset[str]) -> Iterator[_Text]:
    """Yield the texts of some kinds that have words, by the places of candidates."""
    for place, (_, texts) in enumerate(candidates):
        for kind, text in texts:
            if kind in kinds and (split := words(folded := fold(text))):
                yield _Text(place, kind, text, split, _core(folded))


def _best_by_word(asked: list[str], known: list[_Text]) -> dict[int, float]:
    """Return by place how near the words asked for are, long ones counting most."""
    split = [(text.place, word) for text in known for word in text.words]
    places, starts = np.unique([place for place, _ in split], return_index=True)
    alike = _alike(asked, [word for _, word in split])
    nearest = np.maximum.reduceat(alike, starts, axis=1)
    scores = np.average(nearest, axis=0, weights=[len(word) for word in asked])
    return dict(zip(places.tolist(), scores.tolist(), strict=True))


def _alike(asked: list[str], known: list[str]) -> np.ndarray:
    """Return the Jaro-Winkler similarity of each asked (row) to each known (column)."""
    return process.cdist(
        asked, known, scorer=JaroWinkler.normalized_similarity, dtype=np.float32
    )


def _core(folded: str) -> str:
    """Return what a text says, however a number is written: 0171 is part of +44 171."""
    text = bare(folded)
    return text.lstrip("0") if text.isdigit() else text
