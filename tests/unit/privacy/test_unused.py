"""What no model reads of a raw table is named, and nothing that one reads."""

import duckdb

from orchestration.privacy.unused import unused_parts


def manifest(sql: str) -> dict:
    return {
        "nodes": {
            "a": {
                "resource_type": "model",
                "fqn": ["project", "staging", "shop", "stg_shop__customers"],
                "raw_code": sql,
            },
            "b": {
                "resource_type": "model",
                "fqn": ["project", "staging", "crm", "stg_crm__people"],
                "raw_code": "select fax from people",
            },
        },
        "sources": {
            "s": {
                "source_name": "shop",
                "name": "customers",
                "schema": "raw_shop",
                "identifier": "customers",
                "config": {"meta": {"ingest": {}}},
                "columns": {"fax": {"config": {"meta": {"pii": "phone"}}}},
            }
        },
    }


def unused(declared: dict) -> list[tuple]:
    with duckdb.connect() as connection:
        connection.execute(
            """
            create schema raw_shop;
            create table raw_shop.customers as select
                '1' as id,
                '+1' as fax,
                '{"city": "Oslo", "geo": {"lat": 1, "lon": 2}, "lines":
                  [{"one": "a", "two": "b"}]}' as address,
                'x' as _file
            """
        )
        found = unused_parts(connection, declared)
    return [(part.table, part.path, part.personal_class) for part in found]


def test_columns_and_paths_that_nobody_reads_are_named_at_their_top():
    table = "raw_shop.customers"
    declared = manifest("select id, address->>'city', address->'lines'->>'one'")
    assert unused(declared) == [
        (table, "fax", "phone"),
        (table, "address.geo", None),
        (table, "address.lines.two", None),
    ]


def test_what_is_left_out_already_is_not_named_again():
    declared = manifest("select id, address->>'city', address->'lines'->>'one'")
    declared["sources"]["s"]["config"]["meta"]["leave_out"] = ["fax", "address.geo"]

    assert unused(declared) == [("raw_shop.customers", "address.lines.two", None)]


def test_a_part_that_is_read_by_its_last_name_alone_is_read():
    sql = "select id, fax, address, lat, lon, one, two, city"
    assert unused(manifest(sql)) == []
