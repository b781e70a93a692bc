"""A search index made of the one before: it holds what one built anew would hold."""

import shutil
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb
import pytest
import tantivy
from hypothesis import given, settings
from hypothesis import strategies as st

from app import search_index
from app.search import SearchIndex
from app.search_index import build_index
from app.search_renewal import renew_index
from orchestration.releases.asset import add_search_index
from orchestration.releases.directory import SEARCH, WHOLE

# Who there is, with what the five tables say of each.
People = Mapping[str, Mapping[str, str | None]]

ANN, BOB, CID = "C1", "C2", "C3"
BEFORE: People = {
    ANN: {"given": "Ann", "family": "Lee", "email": "ann@mail.example"},
    BOB: {"given": "Robert", "family": "Zwingli", "order": "1001"},
}


def release_of(root: Path, name: str, people: People) -> Path:
    release = root / name
    release.mkdir()
    with duckdb.connect(str(release / WHOLE)) as connection:
        connection.execute(
            """
            create schema marts;
            create table marts.customers (
                customer_id text, display_name text, given_name text, family_name text
            );
            create table marts.customer_history (customer_id text, display_name text);
            create table marts.customer_identifiers
                (customer_id text, identifier_type text, identifier_value text);
            create table marts.orders (customer_id text, order_number text);
            create table marts.customer_id_aliases
                (customer_id text, current_customer_id text);
            -- An order of nobody, and an id of one who is gone.
            insert into marts.orders values (null, '77');
            insert into marts.customer_id_aliases values ('C9', null), ('C8', 'C7');
            """
        )
        for who, known in people.items():
            names = known.get("given"), known.get("family")
            shown = " ".join(filter(None, names)) or None
            for table, *values in (
                ("customers", who, shown, *names),
                ("customer_history", who, known.get("maiden")),
                ("customer_identifiers", who, "email", known.get("email")),
                ("orders", who, known.get("order")),
                ("customer_id_aliases", known.get("alias"), who),
            ):
                marks = ", ".join("?" * len(values))
                connection.execute(
                    f"insert into marts.{table} values ({marks})", values
                )
    return release


def documents(release: Path) -> list[tuple[str, bytes]]:
    """Return all that an index of a release holds, in order."""
    searcher = tantivy.Index.open(str(release / SEARCH)).searcher()
    everything = searcher.search(tantivy.Query.all_query(), 1000).hits
    held = [searcher.doc(address) for _, address in everything]
    return sorted((one["customer_id"][0], bytes(one["texts"][0])) for one in held)


def renewed(release: Path, last: Path) -> list[tuple[str, bytes]]:
    with duckdb.connect(str(release / WHOLE), read_only=True) as connection:
        renew_index(connection, release, last)
    return documents(release)


def built(release: Path) -> list[tuple[str, bytes]]:
    with duckdb.connect(str(release / WHOLE), read_only=True) as connection:
        build_index(connection, release)
    return documents(release)


def found(release: Path, text: str) -> list[str]:
    return [hit.customer_id for hit in SearchIndex(release / SEARCH).search(text)]


few_texts = st.sampled_from([None, "Ann", "Bob", "Лев", "a@x.example", "1001"])
worlds = st.dictionaries(
    st.sampled_from(["C1", "C2", "C3", "C4", "C5"]),
    st.fixed_dictionaries(
        dict.fromkeys(
            ["given", "family", "maiden", "email", "order", "alias"], few_texts
        )
    ),
)


@settings(max_examples=10, deadline=None)
@given(days=st.lists(worlds, min_size=2, max_size=4))
def test_day_after_day_it_holds_what_one_built_anew_holds(days):
    with TemporaryDirectory() as folder:
        root = Path(folder)
        last = release_of(root, "day0", days[0])
        built(last)
        for number, people in enumerate(days[1:], 1):
            release = release_of(root, f"day{number}", people)
            held = renewed(release, last)
            shutil.copytree(release, root / "anew", ignore=lambda *_: [SEARCH])
            assert held == built(root / "anew")
            shutil.rmtree(root / "anew")
            last = release


def test_who_came_changed_or_went_is_found_by_what_holds_now(tmp_path):
    last = release_of(tmp_path, "last", BEFORE)
    built(last)
    now = {
        BOB: {**BEFORE[BOB], "family": "Kowalczyk"},
        CID: {"given": "Cid", "family": "Campeador"},
    }
    release = release_of(tmp_path, "now", now)
    renewed(release, last)
    assert found(release, "Bobby Kowalczyk") == [BOB]
    assert found(release, "campeador") == [CID]
    assert found(release, "ann@mail.example") == found(release, "Zwingli") == []
    assert found(last, "ann@mail.example") == [ANN]
    assert found(last, "campeador") == []


def test_what_stays_is_not_written_again(tmp_path):
    last = release_of(tmp_path, "last", BEFORE)
    built(last)
    release = release_of(tmp_path, "now", {**BEFORE, CID: {"given": "Cid"}})
    renewed(release, last)
    pieces = list((last / SEARCH).glob("*.term"))
    assert pieces
    assert all((release / SEARCH / piece.name).samefile(piece) for piece in pieces)


@pytest.mark.parametrize("unfit", ["absent", "of another version", "of no version"])
def test_an_index_that_is_unfit_is_not_used(tmp_path, monkeypatch, unfit):
    last = release_of(tmp_path, "last", BEFORE)
    if unfit != "absent":
        with monkeypatch.context() as patch:
            patch.setattr(search_index, "maker", lambda: "another")
            built(last)
    if unfit == "of no version":
        (last / SEARCH / search_index.MADE_BY).unlink()
    release = release_of(tmp_path, "now", BEFORE)
    assert [who for who, _ in renewed(release, last)] == [ANN, BOB]
    assert all(file.stat().st_nlink == 1 for file in (release / SEARCH).iterdir())


def test_publishing_makes_the_index_of_the_one_before(tmp_path):
    last = release_of(tmp_path, "last", BEFORE)
    add_search_index(last, None)
    release = release_of(tmp_path, "now", BEFORE)
    add_search_index(release, last)
    assert documents(release) == documents(last)
    (piece,) = (last / SEARCH).glob("*.term")
    assert (release / SEARCH / piece.name).samefile(piece)
