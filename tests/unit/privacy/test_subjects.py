"""All who are named are found, or nobody is; one sentence says whom it stopped at."""

from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from orchestration.privacy.erasure.own_words import words_of
from orchestration.privacy.erasure.plan import former_ids_of
from orchestration.privacy.subjects import (
    BadRequestError,
    Request,
    find_customers,
    read_file,
)

MARTS = """
create schema marts;
create table marts.customer_id_aliases as
select * from (values ('C1', 'C1'), ('C0', 'C1'), ('C2', 'C2'), ('C3', 'C3'))
as t (customer_id, current_customer_id);
create table marts.customer_records as
select * from (values
    ('C1', 'shop:customer:7'), ('C1', 'web:device:d1'), ('C2', 'web:device:d1'),
    ('C1', 'shop:guest:900'), ('C2', 'shop:customer:8'), ('C3', 'shop:customer:9'))
as t (customer_id, record_key);
create table marts.customer_identifiers as
select * from (values
    ('C1', 'email', '', 'ann.lee@gmail.com'), ('C1', 'phone', '', '+4915112345678'),
    ('C1', 'email', '', 'family@example.org'),
    ('C2', 'email', '', 'family@example.org'),
    ('C3', 'phone', '', '+4915187654321'))
as t (customer_id, identifier_type, namespace, identifier_value);
create table marts.identity_links as
select 'C2' as customer_id, 'desk@x.org' as identifier_value;
create schema raw_shop;
create table raw_shop.orders (id varchar, phone varchar);
insert into raw_shop.orders values ('900', '0151 1234 5678'), ('901', '0151 87654321');
"""


@pytest.fixture
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as opened:
        opened.execute(MARTS)
        yield opened


def found(connection: duckdb.DuckDBPyConnection, *texts: str) -> list[str]:
    return find_customers(connection, [Request(text) for text in texts])


@pytest.mark.parametrize(
    "text",
    ["C1", "c0", "shop:customer:7", " Ann.Lee@gmail.com ", "+4915112345678"],
)
def test_any_identifier_will_do(
    connection: duckdb.DuckDBPyConnection, text: str
) -> None:
    assert found(connection, text) == ["C1"]


def test_people_named_twice_are_one(connection: duckdb.DuckDBPyConnection) -> None:
    assert found(connection, "C0", "C1", "desk@x.org") == ["C1", "C2"]


def test_an_address_that_several_share_is_asked_about(
    connection: duckdb.DuckDBPyConnection,
) -> None:
    with pytest.raises(BadRequestError, match=r"shared by 2 customers: C1, C2"):
        found(connection, "C3", "family@example.org")


def test_an_unknown_one_is_told_with_its_line(
    connection: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    path = tmp_path / "people.txt"
    path.write_text("C1\n\nnobody@example.org\n")

    with pytest.raises(BadRequestError, match=r"people\.txt, line 3: nobody in"):
        find_customers(connection, read_file(path))


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"C1\na@x.org,b@x.org\n", "line 2: the line has several columns"),
        (b"C1;C2\n", "line 1: the line has several columns"),
        (b"C1\tC2\n", "line 1: the line has control characters or several"),
        (b'"C1"\n', "line 1: the line is in quotation marks"),
        (b"C1\nC\xff\n", "line 2: byte 2 is not UTF-8"),
        (b"C1\n" + b"x" * 400, "line 2: the line has 400 characters"),
        (b"\n \n", "names nobody"),
    ],
)
def test_a_malformed_file_names_its_line(
    connection: duckdb.DuckDBPyConnection,
    tmp_path: Path,
    content: bytes,
    message: str,
) -> None:
    path = tmp_path / "people.txt"
    path.write_bytes(content)

    with pytest.raises(BadRequestError, match=message):
        find_customers(connection, read_file(path))


def test_of_many_wrong_lines_some_are_shown_and_all_are_counted(
    connection: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    path = tmp_path / "people.txt"
    path.write_text("C1\n" + "".join(f"x{n}@nowhere.org\n" for n in range(1000)))

    with pytest.raises(BadRequestError) as refused:
        find_customers(connection, read_file(path))

    told = str(refused.value).splitlines()
    assert told[0] == "1,000 of 1,001 requests cannot be followed:"
    assert "line 2: nobody in the warehouse is 'x0@nowhere.org'" in told[1]
    assert told[-2:-1] == ["  … and 980 more."]
    assert told[-1].endswith("Nothing was done.")


def test_words_are_what_the_person_alone_holds(
    connection: duckdb.DuckDBPyConnection,
) -> None:
    words = words_of(
        connection,
        ["C1"],
        orders=[("shop", "raw_shop.orders", "id")],
        phones=[("raw_shop.orders", "phone")],
    )

    plain = {w for w, kind in words.identifiers.items() if kind != "hash"}
    assert plain == {
        "ann.lee@gmail.com",
        "+4915112345678",
        "4915112345678",
        "0151 1234 5678",
    }
    assert words.records == {"shop": frozenset({"7", "900"})}
    assert words.orders == {"shop": frozenset({"900"})}
    hashes = connection.execute(
        "select unnest([sha256('ann.lee@gmail.com'), sha256('annlee@gmail.com'), "
        "sha256('+4915112345678'), sha256('4915112345678')])"
    ).fetchall()
    assert {h for (h,) in hashes} <= set(words.identifiers)


def test_an_address_that_was_corrected_is_the_persons_though_no_system_says_it(
    connection: duckdb.DuckDBPyConnection,
) -> None:
    words = words_of(
        connection,
        ["C1"],
        corrections=[("Ann@New.org", "email"), ("family@example.org", "email")],
    )

    assert words.identifiers["ann@new.org"] == "email"
    (hashed,) = connection.execute("select sha256('ann@new.org')").fetchall()[0]
    assert hashed in words.identifiers
    assert "family@example.org" not in words.identifiers


def test_ids_that_once_meant_them_are_theirs(
    connection: duckdb.DuckDBPyConnection,
) -> None:
    assert former_ids_of(connection, ["C1", "C2"]) == ["C0"]


def test_what_a_batch_shares_among_itself_goes(
    connection: duckdb.DuckDBPyConnection,
) -> None:
    words = words_of(connection, ["C1", "C2"])

    assert "family@example.org" in words.identifiers
    assert words.records["web"] == {"d1"}
