"""Access tells all that is a person's, and nothing that is somebody else's."""

import csv
import io
import json
import stat
import zipfile

import pytest
from typer.testing import CliRunner

from orchestration import project
from orchestration.cli import app
from orchestration.privacy import access_log
from orchestration.warehouse import DataDir, connect

WAREHOUSE = """
create schema raw_shop;
create table raw_shop.customers (
    id varchar, email varchar, address json, _file varchar
);
insert into raw_shop.customers values
    ('7', ' Ann@Example.org ', '{"street": "1 Elm St"}', 'a.csv'),
    ('8', 'family@example.org', null, 'a.csv'),
    ('9', 'family@example.org', null, 'a.csv');
create table raw_shop.orders (number varchar, customer json, _file varchar);
insert into raw_shop.orders values
    ('o1', '{"id": 7, "email": null}', 'b.jsonl'),
    ('o2', '{"id": 77, "email": "joann@example.org"}', 'b.jsonl'),
    ('7', '{"id": 8}', 'b.jsonl');
create schema raw_desk;
create table raw_desk.users (id varchar, mail varchar, _file varchar);
insert into raw_desk.users values
    ('7', 'ben@example.org', 'c.csv'),
    ('70', 'ANN@EXAMPLE.ORG', 'c.csv');
insert into quarantine.rows by name select
    'shop' as source_system, 'customers' as source_table, 'load' as stage,
    'a.csv' as file, 4 as line, 'too few fields' as reason,
    '"7","ann@example.org' as text, now()::timestamp as quarantined_at;

create schema marts;
create table marts.customers as
select * from (values ('C1', 'Ann'), ('C2', 'Ben'), ('C3', 'Cy'))
as t (customer_id, display_name);
create table marts.customer_records as
select * from (values
    ('C1', 'shop:customer:7'), ('C1', 'desk:user:70'), ('C1', 'web:device:d1'),
    ('C2', 'web:device:d1'), ('C2', 'shop:customer:8'), ('C2', 'desk:user:7'),
    ('C3', 'shop:customer:9'))
as t (customer_id, record_key);
create table marts.customer_identifiers as
select * from (values
    ('C1', 'email', '', 'ann@example.org'),
    ('C2', 'email', '', 'family@example.org'),
    ('C3', 'email', '', 'family@example.org'))
as t (customer_id, identifier_type, namespace, identifier_value);
create table marts.customer_id_aliases as
select * from (values ('C1', 'C1'), ('C0', 'C1'), ('C2', 'C2'), ('C3', 'C3'))
as t (customer_id, current_customer_id);
create table marts.identity_links (
    customer_id varchar, record_key varchar, identifier_value varchar
);
create schema staging;
create table staging.stg_shop__customers as
select * from (values ('shop:customer:7', 'C3'), ('shop:customer:9', 'C1'))
as t (record_key, customer_id);
"""


def source(system: str, table: str, **pii: str | None) -> dict:
    return {
        "unique_id": f"source.customer360.{system}.{table}",
        "resource_type": "source",
        "source_name": system,
        "source_description": f"The {system}.",
        "name": table,
        "identifier": table,
        "schema": f"raw_{system}",
        "description": f"One row per row of {table}.",
        "config": {"meta": {"ingest": {"key": ["id"]}}},
        "columns": {
            name: {
                "description": f"The {name}.",
                "config": {"meta": {"pii": kind} if kind else {}},
            }
            for name, kind in pii.items()
        },
    }


def mart(name: str, *columns: str) -> dict:
    return {
        "unique_id": f"model.customer360.{name}",
        "resource_type": "model",
        "schema": "marts",
        "alias": name,
        "access": "public",
        "description": f"One row per {name}.",
        "columns": {column: {"description": ""} for column in columns},
    }


SOURCES = [
    source("shop", "customers", id="identifier", email="email", address="address"),
    source("shop", "orders", number=None, customer="identifier"),
    source("desk", "users", id="identifier", mail="email"),
]
MARTS = [
    mart("customers", "customer_id", "display_name"),
    mart("customer_records", "customer_id", "record_key"),
    mart("not_built_yet", "customer_id"),
]
MANIFEST = {
    "sources": {node["unique_id"]: node for node in SOURCES},
    "nodes": {node["unique_id"]: node for node in MARTS},
}


@pytest.fixture
def people(data: DataDir, monkeypatch: pytest.MonkeyPatch) -> DataDir:
    """A warehouse of three people; two are a family with one address."""
    monkeypatch.setattr(project, "manifest", lambda: MANIFEST)
    with connect() as connection:
        connection.execute(WAREHOUSE)
    return data


def ask(*words: str) -> tuple[int, str]:
    result = CliRunner().invoke(app, ["privacy", *words], env={"COLUMNS": "200"})
    assert not isinstance(result.exception, AssertionError), result.exception
    return result.exit_code, " ".join((result.output + result.stderr).split())


def told(tmp_path, person: str, customer_id: str) -> dict:
    code, words = ask("access", person, "--out", str(tmp_path / "out"))
    assert code == 0, words
    path = tmp_path / "out" / f"access-{customer_id}.json"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    return json.loads(path.read_text(encoding="utf-8"))


def rows(dossier: dict, table: str, column: str) -> list:
    (holding,) = (h for h in dossier["holdings"] if h["table"] == table)
    return [row[column] for row in holding["rows"]]


class TestAccess:
    """What a dossier holds."""

    @pytest.mark.parametrize("person", ["C1", "C0", "ann@example.org", "desk:user:70"])
    def test_holds_the_rows_of_every_system_from_any_identifier(
        self, people, tmp_path, person
    ):
        dossier = told(tmp_path, person, "C1")
        assert rows(dossier, "raw_shop.customers", "id") == ["7"]
        assert rows(dossier, "raw_shop.orders", "number") == ["o1"]
        assert rows(dossier, "raw_desk.users", "id") == ["70"]
        assert rows(dossier, "quarantine.rows", "line") == [4]
        assert rows(dossier, "marts.customers", "display_name") == ["Ann"]
        assert len(dossier["holdings"]) == 6
        assert dossier["former_ids"] == ["C0"]
        assert dossier["sources"] == {"shop": "The shop.", "desk": "The desk."}
        assert dossier["copies"] == {"staging.stg_shop__customers": 1}

    def test_an_address_of_the_family_leads_to_nobody_elses_row(self, people, tmp_path):
        dossier = told(tmp_path, "C2", "C2")
        assert rows(dossier, "raw_shop.customers", "id") == ["8"]
        assert rows(dossier, "raw_shop.orders", "number") == ["7"]
        assert rows(dossier, "raw_desk.users", "id") == ["7"]

    def test_portability_has_what_systems_said_and_no_conclusion(
        self, people, tmp_path
    ):
        code, said = ask("portability", "C1", "--out", str(tmp_path / "out"))
        assert code == 0
        assert "rows of 3 tables" in said
        with zipfile.ZipFile(tmp_path / "out/portability-C1.zip") as archive:
            assert set(archive.namelist()) == {
                "README.txt",
                "shop/customers.csv",
                "shop/orders.csv",
                "desk/users.csv",
            }
            assert "id: The id." in archive.read("README.txt").decode()
            text = archive.read("shop/customers.csv").decode()
        (row,) = csv.DictReader(io.StringIO(text))
        assert row["email"] == " Ann@Example.org "
        assert "_file" not in row


class TestRequests:
    """Who is asked for, and the proof of it."""

    def test_what_several_state_is_refused_and_nothing_is_written(
        self, people, tmp_path
    ):
        out = tmp_path / "out"
        code, words = ask("access", "C1", "family@example.org", "--out", str(out))
        assert code == 1
        assert "shared by 2 customers: C2, C3" in words
        assert not out.exists()
        assert not list(access_log.entries(people))

    def test_many_are_read_from_a_file_each_once(self, people, tmp_path):
        named = tmp_path / "people.txt"
        named.write_text("C0\n\nC2\nann@example.org\n", encoding="utf-8")
        code, _ = ask(
            *("access", "--from", str(named)),
            *("--out", str(tmp_path / "out"), "--because", "ticket 5"),
        )
        assert code == 0
        logged = list(access_log.entries(people))
        assert [(e["action"], e["subject"], e["purpose"]) for e in logged] == [
            ("privacy.access", "C1", "ticket 5"),
            ("privacy.access", "C2", "ticket 5"),
        ]
        assert "2 entries, as they were written" in ask("log")[1]

    @pytest.mark.parametrize(
        ("content", "problem"),
        [
            (b"C1\n\xff\n", "line 2: byte 1 is not UTF-8 text"),
            (b" \n", "names nobody"),
            (b"C1\nnobody@example.org\n", "line 2: nobody in the warehouse is"),
        ],
    )
    def test_a_file_that_cannot_be_answered_is_refused_whole(
        self, people, tmp_path, content, problem
    ):
        named = tmp_path / "people.txt"
        named.write_bytes(content)
        out = tmp_path / "out"
        code, words = ask("access", "--from", str(named), "--out", str(out))
        assert code == 1
        assert problem in words
        assert not out.exists()

    def test_without_a_warehouse_or_a_name_one_is_told_so(self, data):
        assert "Run c360 run" in ask("access", "C1")[1]
        assert "Name somebody" in ask("access")[1]

    def test_a_log_that_was_edited_is_shown_to_be(self, people, tmp_path):
        told(tmp_path, "C1", "C1")
        told(tmp_path, "C2", "C2")
        path = access_log.log_path(people)
        path.write_text(path.read_text().replace("C1", "C3"), encoding="utf-8")
        code, words = ask("log")
        assert code == 1
        assert "Line 2 of the access log does not follow" in words
