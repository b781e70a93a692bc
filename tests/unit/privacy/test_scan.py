"""The scanner: what looks personal, or names somebody, must bear a class."""

import duckdb
import pytest

from orchestration.privacy.scan import scan


def described(**columns: dict) -> dict:
    """A manifest with the table staging.people, its columns and their meta."""
    node = {
        "schema": "staging",
        "alias": "people",
        "name": "people",
        "columns": {
            name: {"config": {"meta": meta}} if meta else {}
            for name, meta in columns.items()
        },
    }
    return {"nodes": {"a": node}, "sources": {}}


@pytest.fixture
def warehouse():
    with duckdb.connect() as connection:
        connection.execute(
            """
            create schema marts;
            create schema staging;
            create table marts.customers as select
                'Ann' as given_name, 'Berg' as family_name, 'Ann Berg' as display_name,
                '1 Oak Road' as street;
            create table marts.customer_identifiers as
            select 'loyalty-4711-0815' as identifier_value;
            create table marts.customer_records as select 'crm:p:1' as record_key;
            """
        )
        yield connection


CLASSIFIED = {
    "given_name": {"pii": "name"},
    "family_name": {"pii": "name"},
    "display_name": {"pii": "name"},
    "street": {"pii": "address"},
    "identifier_value": {"pii": "identifier"},
    "record_key": {"pii": "identifier"},
}


def found(warehouse, column, values, **meta):
    listed = ", ".join(f"({value})" for value in values)
    warehouse.execute(
        f'create table staging.people as from (values {listed}) as rows ("{column}")'
    )
    findings = scan(warehouse, described(**CLASSIFIED, **{column: meta}))
    return [(f.column, f.personal_class, f.values, f.of) for f in findings]


PERSONAL = [
    ("contact", ["'ann@example.org'", "'none'"], "email", 1),
    ("note", ["'write to ann@example.org please'", "'x'"], "email", 1),
    ("number", ["'+12025550143'", "'x'"], "phone", 1),
    ("origin", ["'203.0.113.9'"], "ip_address", 1),
    ("paid_with", ["'4111 1111 1111 1111'"], "payment", 1),
    ("first", ["'ANN'", "'Bob'"], "name", 1),
    ("where_to", ["'1 oak road'"], "address", 1),
    ("who", ["'crm:p:1'"], "identifier", 1),
    ("card", ["'loyalty-4711-0815'"], "identifier", 1),
    ("date_of_birth", ["date '1984-08-17'"], "birth_date", 1),
    ("latitude", ["59.9"], "location", 1),
    ("device_id", ["'a'"], "device", 1),
]


@pytest.mark.parametrize(("column", "values", "personal_class", "count"), PERSONAL)
def test_what_is_personal_is_found(warehouse, column, values, personal_class, count):
    expected = [(column, personal_class, count, len(values))]
    assert found(warehouse, column, values) == expected


@pytest.mark.parametrize("meta", [{"pii": "email"}, {"not_pii": "A role address."}])
def test_what_somebody_judged_is_left_alone(warehouse, meta):
    assert found(warehouse, "contact", ["'info@example.org'"], **meta) == []


IMPERSONAL = [
    ("status", ["'paid'", "'open'"]),
    ("amount", ["4111111111111111"]),
    ("run_id", ["'5f089729-4a67-4847-a311-e5fcabff2579'"]),
    ("city", ["'Ann'", "'Oslo'", "'Bergen'", "'Paris'", "'Rome'", "'Nice'"]),
    ("latitude", ["cast(null as double)"]),
]


@pytest.mark.parametrize(("column", "values"), IMPERSONAL)
def test_what_is_not_personal_is_not_found(warehouse, column, values):
    assert found(warehouse, column, values) == []


def test_what_no_yaml_describes_has_the_class_of_its_name(warehouse):
    warehouse.execute(
        "create schema ops; create table ops.kept as "
        "select 'Ann' as given_name, 'Ann' as called"
    )
    columns = [finding.column for finding in scan(warehouse, described(**CLASSIFIED))]
    assert columns == ["called"]
