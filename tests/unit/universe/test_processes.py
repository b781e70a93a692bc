"""The processes behind the world, and its division into chunks."""

from datetime import date
from itertools import pairwise

import numpy as np
import pytest

from orchestration.universe import UniverseError
from orchestration.universe.arrays import poisson_times, rank_within
from orchestration.universe.macros import open_database
from orchestration.universe.people import create_people
from orchestration.universe.world import CHUNK_SIZE, Chunk, World

WORLD = World(customers=45_000, days=30, seed=3, end_date=date(2026, 6, 30))


def people(first: int, last: int) -> dict:
    con = open_database(WORLD)
    create_people(con, WORLD, Chunk(0, first, last))
    query = """
        select i, given, family, birth_date, phone_digits, street, joined_at
        from people where i between 40 and 59 order by i
    """
    return con.execute(query).fetchall()


def test_a_person_is_the_same_in_any_chunk():
    assert people(0, 60) == people(40, 60)


def test_chunks_cover_everyone_once_and_newcomers_come_after():
    chunks = list(WORLD.chunks(day=1))
    bounds = [(chunk.first, chunk.last) for chunk in chunks]
    assert [number for number, *_ in enumerate(chunks)] == [c.number for c in chunks]
    assert bounds[0] == (0, CHUNK_SIZE)
    assert all(a[1] == b[0] for a, b in pairwise(bounds))
    assert WORLD.customers in {first for first, _ in bounds}
    assert bounds[: len(list(WORLD.chunks(None)))] == [
        (chunk.first, chunk.last) for chunk in WORLD.chunks(None)
    ]


def test_rank_restarts_with_each_owner():
    owner = np.array([0, 0, 0, 4, 7, 7])
    assert rank_within(owner).tolist() == [0, 1, 2, 0, 0, 1]
    assert rank_within(np.array([], dtype=int)).tolist() == []


def test_poisson_times_keep_to_their_span_and_rate():
    begin = np.full(20_000, 100.0)
    rate = np.full(20_000, 0.03)
    owner, times = poisson_times(np.random.default_rng(1), begin, 200.0, rate)
    assert times.min() >= 100
    assert times.max() < 200
    assert len(owner) / 20_000 == pytest.approx(3.0, rel=0.02)
    assert (np.diff(owner) >= 0).all()


@pytest.mark.parametrize("size", [{"customers": 0}, {"days": 0}])
def test_an_empty_world_is_refused(size):
    parameters = {"customers": 5, "days": 5} | size
    with pytest.raises(UniverseError):
        World(**parameters, seed=1, end_date=date(2026, 6, 30))
