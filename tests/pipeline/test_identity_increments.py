"""What a change reaches is worked out anew, and the rest is as a full build has it."""

from __future__ import annotations

from collections import Counter

from tests.pipeline.identity_chain import (
    IdentityChain,
    groups,
    people_of_a_town,
    states,
)

# Kept from run to run, or, in the end, about when something was found out.
KEPT = {"record_registry", "identity_assignments", "identity_ledger"}
MOMENTS = {"linked_at", "decided_at"}


def tables(chain: IdentityChain) -> dict[str, Counter]:
    """Return the rows of every table of identity, without what is kept."""
    columns: dict[str, list[str]] = {}
    for table, column in chain.query(
        "select table_name, column_name from duckdb_columns() "
        "inner join duckdb_tables() using (schema_name, table_name) "
        "where schema_name = 'identity' order by all"
    ):
        if table not in KEPT and column not in MOMENTS:
            columns.setdefault(table, []).append(column)
    return {
        table: Counter(
            map(repr, chain.query(f"select {', '.join(names)} from identity.{table}"))
        )
        for table, names in columns.items()
    }


def built_whole(chain: IdentityChain) -> set[str]:
    """Return the tables that are built by slices, but were not the last time."""
    return {
        name
        for (name,) in chain.query(
            "select table_name from ops.change_logs where table_schema = 'identity' "
            "and run_id = (select arg_max(run_id, version) from ops.table_builds)"
        )
    }


def test_a_day_of_changes_of_every_kind_ends_as_a_full_build(chain: IdentityChain):
    town, profiles = people_of_a_town()
    row = iter(f"2026-01-01|a|{n:03d}" for n in range(100))

    def person(key: str, name: str = "", **identifiers: str) -> list[dict]:
        if name:
            names = zip(("given_name", "family_name"), name.split(), strict=True)
            profiles.append({"record_key": key, **dict(names)})
        return states(key, next(row), **identifiers)

    bridge = person("crm:c:6", email="dan@mail.com", phone="+15550100300")
    logins = [
        {
            "device_record_key": "web:anonymous:tab",
            "record_key": key,
            "observed_at": f"2026-01-01 {hour}:00:00",
            "kind": "login",
            "source_row": f"2026-01-01|w|{hour}",
        }
        for key, hour in (("crm:c:1", 10), ("crm:c:2", 12))
    ]
    first = [
        *town,
        *person("crm:c:1", email="ann@mail.com"),
        *person("crm:c:2", phone="+15550100200"),
        *person("crm:c:4", email="dan@mail.com"),
        *person("crm:c:5", phone="+15550100300"),
        *person("crm:c:7", "Eve Fox", email="desk@shop.com", loyalty_id="7"),
        *person("crm:c:8", "Bob Ray", email="desk@shop.com", loyalty_id="8"),
        *person("crm:c:9", "Zoe Day", email="desk@shop.com", loyalty_id="9"),
        *person("crm:c:11", "Kim Orr", email="kim@mail.com"),
        *person("crm:c:12", "Kim Orr", email="kim@mail.com"),
    ]
    chain.decide(("must_link", "crm:c:7", "crm:c:8"))
    chain.run(
        identifiers=[*first, *bridge], profiles=profiles, device_observations=logins
    )
    before = groups(chain.customers())
    assert {frozenset({"crm:c:4", "crm:c:5", "crm:c:6"})} <= before
    assert {frozenset({"crm:c:7", "crm:c:8"})} <= before

    # A record between two, one less, a fourth at the desk, a decision taken back and
    # another made, a login withdrawn, a name corrected.
    joint = person("shop:c:3", email="ann@mail.com", phone="+15550100200")
    fourth = person("crm:c:10", "Ian Hay", email="desk@shop.com", loyalty_id="10")
    mended = [
        profile | {"family_name": "aaaabbb"}
        if profile["record_key"] == "crm:contact:town1"
        else profile
        for profile in profiles
    ]
    chain.decide(("cannot_link", "crm:c:11", "crm:c:12"))
    chain.run(
        identifiers=[*first, *joint, *fourth],
        profiles=mended,
        device_observations=logins[:1],
    )
    assert built_whole(chain) == set()
    after = groups(chain.customers())
    assert {
        frozenset({"crm:c:1", "crm:c:2", "shop:c:3", "web:anonymous:tab"}),
        frozenset({"crm:c:4"}),
        frozenset({"crm:c:5"}),
        frozenset({"crm:c:7"}),
        frozenset({"crm:c:8"}),
        frozenset({"crm:c:11"}),
        frozenset({"crm:c:12"}),
    } <= after
    assert chain.query(
        "select rejection_reason from identity.int_identity__identifier_values "
        "where identifier_value = 'desk@shop.com'"
    ) == [("too_many_people",)]

    increment = tables(chain)
    models = ("--select", "identity", "--exclude", "int_identity__quality")
    chain.dbt("run", "--full-refresh", *models)
    assert built_whole(chain) != set()
    whole = tables(chain)
    assert increment.keys() == whole.keys()
    assert {name for name in whole if increment[name] != whole[name]} == set()
