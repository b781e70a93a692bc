"""Ragged arrays of events: many events per person, without a loop over people."""

from __future__ import annotations

import duckdb
import numpy as np
import pyarrow as pa

DAY = 86_400
"""Seconds in a day; every time in the simulation is whole seconds since 1970."""

Arrays = dict[str, np.ndarray]


def rank_within(owner: np.ndarray) -> np.ndarray:
    """Return the position of each event among its owner's; `owner` is sorted."""
    if not len(owner):
        return owner
    positions = np.arange(len(owner))
    first = np.r_[True, owner[1:] != owner[:-1]]
    return positions - np.maximum.accumulate(np.where(first, positions, 0))


def previous_of(owner: np.ndarray) -> np.ndarray:
    """Return the position of the event before each of the same owner, or -1."""
    order = np.argsort(owner, kind="stable")
    previous = np.full(len(owner), -1)
    same = owner[order][1:] == owner[order][:-1]
    previous[order[1:][same]] = order[:-1][same]
    return previous


def poisson_times(
    rng: np.random.Generator, begin: np.ndarray, end: float, rate: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Draw events at a constant rate per second from `begin` until `end`.

    Returns:
        The index of the owner and the time of each event, sorted by both.
    """
    span = np.maximum(end - begin, 0.0)
    owner = np.repeat(np.arange(len(begin)), rng.poisson(rate * span))
    times = begin[owner] + span[owner] * rng.random(len(owner))
    order = np.lexsort((times, owner))
    return owner[order], times[order]


def at_hour(
    rng: np.random.Generator, times: np.ndarray, hour: np.ndarray, spread: float
) -> np.ndarray:
    """Move times within their UTC day to around an hour of that day."""
    drawn = (hour + rng.normal(0, spread, len(times))) % 24
    return times // DAY * DAY + drawn * 3600


def select(arrays: Arrays, rows: np.ndarray) -> Arrays:
    """Return rows of every array: those where a mask holds, or those at positions."""
    return {name: values[rows] for name, values in arrays.items()}


def stack(first: Arrays, second: Arrays) -> Arrays:
    """Return the rows of both, which have the same columns."""
    return {name: np.r_[values, second[name]] for name, values in first.items()}


def register(con: duckdb.DuckDBPyConnection, name: str, arrays: Arrays) -> None:
    """Make a table of arrays; a column whose name ends in `_at` is a timestamp."""
    columns = {}
    for column, values in arrays.items():
        columns[column] = pa.array(values)
        if column.endswith("_at"):
            seconds = pa.array(np.asarray(values).astype("int64"))
            columns[column] = seconds.cast(pa.timestamp("s")).cast(pa.timestamp("us"))
    con.register("arrays_in", pa.table(columns))
    con.execute(f"create table {name} as select * from arrays_in")
    con.unregister("arrays_in")
