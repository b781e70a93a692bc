"""Many words looked for in many bytes at once, at a cost that hardly knows how many.

Belongs here: where words stand. Does not belong here: whose they are (`words.py`).

A word is looked for by its first 8 bytes (4 or 2, if it is short) as one number: numpy
compares every place of the data with all words in a few passes, and only the places
that agree are looked at in full.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

SHORTEST = 2
"""Bytes; whatever is shorter stands everywhere."""

_STEP = 4 * 1024 * 1024
_SLOTS = 20
_SPREAD = np.uint64(0x9E3779B97F4A7C15)


@dataclass(frozen=True)
class _Anchors:
    """The words whose first bytes are numbers of one width."""

    width: int
    values: np.ndarray
    slots: np.ndarray
    words: list[list[int]]

    def places(self, data: bytes) -> Iterator[tuple[int, int]]:
        """Yield (place, which value) wherever the first bytes of a word stand."""
        kind = np.dtype(f"<u{self.width}")
        for shift in range(self.width):
            count = (len(data) - shift) // self.width
            if count <= 0:
                continue
            numbers = np.frombuffer(data, kind, count=count, offset=shift)
            near = np.flatnonzero(self.slots[_slot(numbers)])
            found = np.searchsorted(self.values, numbers[near])
            found[found == len(self.values)] = 0
            same = self.values[found] == numbers[near]
            places = near[same] * self.width + shift
            yield from zip(places.tolist(), found[same].tolist(), strict=True)


class Needles:
    """Words that are found wherever they stand, whatever their case."""

    def __init__(self, words: Iterable[str]) -> None:
        """Take the words; those shorter than `SHORTEST` bytes are not looked for."""
        unique = {word.lower() for word in words}
        self.words = sorted(w for w in unique if len(w.encode()) >= SHORTEST)
        self._bytes = [word.encode() for word in self.words]
        self.longest = max(map(len, self._bytes), default=0)
        self._anchors = [
            anchors for width in (8, 4, 2) if (anchors := self._anchored(width))
        ]

    def find(self, data: bytes) -> list[tuple[int, int]]:
        """Return (place, number of the word) of all that stands in the data, sorted."""
        found: set[tuple[int, int]] = set()
        low = data.lower()
        # Small steps stay in the cache; they overlap by the longest word.
        for start in range(0, max(len(low), 1), _STEP):
            piece = low[start : start + _STEP + self.longest]
            for anchors in self._anchors:
                for place, value in anchors.places(piece):
                    for word in anchors.words[value]:
                        if piece.startswith(self._bytes[word], place):
                            found.add((start + place, word))
        return sorted(found)

    def in_rows(self, texts: pa.Array) -> dict[int, set[str]]:
        """Return the words that stand in each text of an array, by its place there."""
        texts = texts.cast(pa.large_string())
        _, offsets_buffer, content = texts.buffers()
        if content is None or not len(texts):
            return {}
        offsets = np.frombuffer(offsets_buffer, np.int64)
        offsets = offsets[texts.offset : texts.offset + len(texts) + 1]
        base = int(offsets[0])
        found: dict[int, set[str]] = defaultdict(set)
        for place, word in self.find(bytes(content[base : int(offsets[-1])])):
            row = int(np.searchsorted(offsets, base + place, "right")) - 1
            if base + place + len(self._bytes[word]) <= offsets[row + 1]:
                found[row].add(self.words[word])
        return dict(found)

    def _anchored(self, width: int) -> _Anchors | None:
        longer = {8: 1 << 30, 4: 8, 2: 4}[width]
        by_value: dict[int, list[int]] = defaultdict(list)
        for number, word in enumerate(self._bytes):
            if width <= len(word) < longer:
                by_value[int.from_bytes(word[:width], "little")].append(number)
        if not by_value:
            return None
        values = np.array(sorted(by_value), dtype=f"<u{width}")
        slots = np.zeros(1 << _SLOTS, dtype=bool)
        slots[_slot(values)] = True
        return _Anchors(width, values, slots, [by_value[int(v)] for v in values])


def _slot(numbers: np.ndarray) -> np.ndarray:
    """Return where in the table of slots each number belongs."""
    return (numbers.astype(np.uint64) * _SPREAD) >> np.uint64(64 - _SLOTS)
