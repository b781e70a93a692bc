"""A customer by a name with a typo, among all."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path

import duckdb

from app.search import SearchIndex
from app.search_index import build_index
from benchmarks.contest import OURS, Contest, Way
from benchmarks.search import make_world, mistyped

_ASKED = 5


def _prepare(size: int, inputs: Path) -> None:
    with duckdb.connect(str(inputs / "world.duckdb")) as world:
        make_world(world, size)
        build_index(world, inputs)


def _names(world: duckdb.DuckDBPyConnection) -> list[tuple[str, str]]:
    """Return names, and what somebody typed for them."""
    dice = random.Random(360)
    names = world.execute(
        "select display_name from marts.customers using sample "
        f"reservoir({_ASKED} rows) repeatable (360)"
    ).fetchall()
    return [(name, mistyped(name, dice)) for (name,) in names]


def _answer(asked: list[tuple[str, str]], search: Callable[[str], list[str]]) -> str:
    found = sum(name in search(typed) for name, typed in asked)
    return f"{found} of {len(asked)} found"


def _ours(inputs: Path, scratch: Path) -> Callable[[], str]:
    with duckdb.connect(str(inputs / "world.duckdb"), read_only=True) as world:
        asked = _names(world)
    index = SearchIndex(inputs / "search")
    index.search("warm up")
    return lambda: _answer(
        asked, lambda typed: [hit.text for hit in index.search(typed)]
    )


def _scan(inputs: Path, scratch: Path) -> Callable[[], str]:
    world = duckdb.connect(str(inputs / "world.duckdb"), read_only=True)
    asked = _names(world)

    def scan(typed: str) -> list[str]:
        rows = world.execute(
            "select display_name from marts.customers order by "
            "jaro_winkler_similarity(display_name, ?) desc limit 20",
            [typed],
        )
        return [name for (name,) in rows.fetchall()]

    return lambda: _answer(asked, scan)


CONTESTS = {
    "searching": Contest(
        title=f"Find {_ASKED} customers by a name with a typo",
        unit="customers",
        prepare=_prepare,
        ways={OURS: Way(_ours), "DuckDB compares all names": Way(_scan)},
        note=(
            "Ours asks the index of a release, which is built once for each; the other "
            "sorts all names by their Jaro-Winkler similarity. What they find need not "
            "be equal."
        ),
        is_same_answer=False,
    )
}
