"""The simulation of the graph of identity: what it draws, and what it counts."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks.scale.growth import exponent
from benchmarks.scale.identity_graph import (
    FEW,
    Stated,
    branching,
    components,
    contraction,
    drawn,
)


def stated(*rows: tuple[int, int, int, bool, int]) -> Stated:
    """Rows are (person, record, value, is_rejected, people)."""
    person, record, value, is_rejected, people = (
        np.array(column) for column in zip(*rows, strict=True)
    )
    return Stated(person, record, value, is_rejected.astype(bool), people)


CHAIN = stated(
    (0, 0, 0, False, 2),
    (1, 1, 0, False, 2),
    (1, 1, 1, True, 2),
    (2, 2, 1, True, 2),
    (2, 3, 2, False, 1),
)


def test_components_are_those_of_records_that_share_values():
    found = components(CHAIN)
    kept = components(CHAIN.where(~CHAIN.is_rejected))

    assert (found["components"], found["largest, people"]) == (2, 3)
    assert (kept["components"], kept["largest, people"]) == (2, 2)


def test_contraction_finds_the_same_components():
    found = contraction(CHAIN)

    assert found["components"] == components(CHAIN)["components"]
    assert found["shared values"] == 2
    assert found["edges by round"] == [1]


def test_branching_counts_whom_one_meets_next():
    # Of the four ways to be met, two lead to the one in the middle, who knows another.
    assert branching(CHAIN) == pytest.approx(0.5)
    assert branching(CHAIN.where(CHAIN.value == 0)) == 0


def test_people_are_drawn_whole_and_share_as_many_as_in_the_sample():
    everyone = FEW + 2
    sample = stated(
        *((person, 2 * person, 0, True, everyone) for person in range(everyone)),
        *((person, 2 * person + 1, 1, False, 2) for person in (0, 1)),
        *((person, 2 * person, person + 2, False, 1) for person in range(everyone)),
    )
    order = np.argsort(sample.person, kind="stable")
    found = drawn(sample.where(order), 1000, seed=1)

    people = {
        value: len(np.unique(found.person[found.value == value]))
        for value in np.unique(found.value)
    }
    assert np.array_equal(np.unique(found.person), np.arange(1000))
    assert sorted(people.values())[-1] == 1000
    assert set(people.values()) == {1, 2, 1000}
    assert list(people.values()).count(1) - 1000 in (0, 1)


def test_the_same_seed_draws_the_same_people():
    one, other = drawn(CHAIN, 50, seed=3), drawn(CHAIN, 50, seed=3)

    assert np.array_equal(one.value, other.value)
    assert not np.array_equal(drawn(CHAIN, 50, seed=4).person, one.person)


def test_an_exponent_is_the_slope_of_logarithms():
    assert exponent([10, 1000], [3, 300]) == pytest.approx(1)
    assert exponent([10, 100], [1, 100]) == pytest.approx(2)
    assert exponent([10], [1]) is None
