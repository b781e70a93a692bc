"""Every word is found at every place, and nothing else is."""

import random

import pyarrow as pa
import pytest

from orchestration.privacy.erasure.needles import Needles

WORDS = ["ann@example.org", "+4915112345", "id42", "jürgen", "L7", "annabelle"]


def naive(words: list[str], data: bytes) -> list[tuple[int, str]]:
    """Look for one word after the other."""
    found, low = [], data.lower()
    for word in {w.lower() for w in words}:
        place = low.find(word.encode())
        while place >= 0:
            found.append((place, word))
            place = low.find(word.encode(), place + 1)
    return sorted(found)


@pytest.mark.parametrize("seed", range(5))
def test_what_is_found_is_what_a_plain_search_finds(seed: int) -> None:
    chance = random.Random(seed)
    signs = [*WORDS, *(w[:-1] for w in WORDS), *"abn@.42 \n", "ANN@EXAMPLE.ORG"]
    data = "".join(chance.choice(signs) for _ in range(3000)).encode()

    needles = Needles(WORDS)

    found = sorted((place, needles.words[word]) for place, word in needles.find(data))
    assert found == naive(WORDS, data)
    assert found


def test_a_word_across_two_steps_is_found_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("orchestration.privacy.erasure.needles._STEP", 10)
    data = b"x" * 7 + b"ann@example.org" + b"y" * 30

    assert Needles(["ann@example.org"]).find(data) == [(7, 0)]


def test_rows_are_told_apart() -> None:
    texts = pa.array(["-", "ann@exam", "ple.org", "ANN@example.org id42", None])

    found = Needles(WORDS).in_rows(texts)

    assert found == {3: {"ann@example.org", "id42"}}


def test_rows_of_a_slice_are_counted_from_its_begin() -> None:
    texts = pa.array(["id42", "no", "id42"]).slice(1)

    assert Needles(["id42"]).in_rows(texts) == {1: {"id42"}}


def test_nothing_is_sought_in_vain() -> None:
    assert Needles([]).find(b"anything") == []
    assert Needles(["x"]).find(b"x") == []
