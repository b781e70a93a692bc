"""What an erasure would touch, counted before anything is.

Belongs here: counting, in the warehouse and among the files. Does not belong here:
changing anything.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import duckdb

from orchestration.activation.sent import recipients_of
from orchestration.ingestion.sources import source_tables
from orchestration.ingestion.sql import identifier, literal
from orchestration.kept.backup import made_backups
from orchestration.privacy import rectifications
from orchestration.privacy.erasure.own_words import words_of
from orchestration.privacy.erasure.rows import Policy, Verdict, judge, policy_of
from orchestration.privacy.erasure.words import Words
from orchestration.project import Manifest
from orchestration.warehouse import DataDir

_IDENTIFYING = {"email", "phone"}
_PHONE_CLASSES = {"phone", "profile", "address"}
_LINEAGE = ("_file", "_line", "_loaded_at", "_batch_id")
_DERIVED = ("staging", "core", "identity", "features", "scores", "marts", "governance")


@dataclass
class Plan:
    """What would be done to whom.

    Attributes:
        customer_ids: who is erased.
        former_ids: ids that once meant the same people.
        words: what only they hold.
        raw: rows by raw table and by what becomes of them.
        files: landing files that hold rows of theirs.
        quarantined: rows of quarantine that name them.
        derived: rows on them by table, which are built anew without them.
        recipients: where they were sent, as `<destination>/<audience>`.
        releases: published releases, which are replaced by one without them.
        backups: folders of backups, which hold them until they are deleted.
    """

    customer_ids: list[str]
    words: Words
    former_ids: list[str] = field(default_factory=list)
    raw: dict[str, Counter[Verdict]] = field(default_factory=dict)
    files: set[str] = field(default_factory=set)
    quarantined: int = 0
    derived: dict[str, int] = field(default_factory=dict)
    recipients: list[str] = field(default_factory=list)
    releases: list[str] = field(default_factory=list)
    backups: list[str] = field(default_factory=list)


def words_for(
    connection: duckdb.DuckDBPyConnection,
    manifest: Manifest,
    data: DataDir,
    customer_ids: Sequence[str],
    former_ids: Sequence[str],
) -> Words:
    """Return what only these customers hold, as this project's sources spell it."""
    policies = [policy_of(source) for source in source_tables(manifest)]
    there = [policy for policy in policies if _columns(connection, policy)]
    return words_of(
        connection,
        customer_ids,
        orders=[
            (policy.system, policy.table, column)
            for policy in there
            for column in policy.numbers
        ],
        phones=[
            (policy.table, column)
            for policy in there
            for column, pii in policy.classes.items()
            if pii in _PHONE_CLASSES and column in _columns(connection, policy)
        ],
        corrections=[
            (entry["value"], entry["attribute"])
            for entry in rectifications.journal(data).entries()
            if entry.get("attribute") in _IDENTIFYING
            and entry["customer_id"] in {*customer_ids, *former_ids}
        ],
    )


def former_ids_of(
    connection: duckdb.DuckDBPyConnection, customer_ids: Sequence[str]
) -> list[str]:
    """Return the ids that once meant these customers, which journals may name."""
    return [
        former_id
        for (former_id,) in connection.execute(
            "select customer_id from marts.customer_id_aliases "
            "where list_contains($ids, current_customer_id) "
            "and not list_contains($ids, customer_id) order by all",
            {"ids": list(customer_ids)},
        ).fetchall()
    ]


def plan(
    connection: duckdb.DuckDBPyConnection,
    manifest: Manifest,
    data: DataDir,
    customer_ids: Sequence[str],
) -> Plan:
    """Return what erasing these customers would touch; nothing is changed.

    Args:
        connection: to the warehouse.
        manifest: dbt's, which says what columns are personal.
        data: the data directory.
        customer_ids: current ids.
    """
    former_ids = former_ids_of(connection, customer_ids)
    words = words_for(connection, manifest, data, customer_ids, former_ids)
    made = Plan(list(customer_ids), words, former_ids)
    for source in source_tables(manifest):
        policy = policy_of(source)
        counted: Counter[Verdict] = Counter()
        for row, verdict in _rows_of(connection, policy, words):
            counted[verdict] += 1
            made.files.add(row["_file"])
        if counted:
            made.raw[source.name] = counted
    held = connection.execute(
        "select source_system, text from quarantine.rows where text is not null"
    ).fetchall()
    made.quarantined = sum(bool(words.said_in(text, system)) for system, text in held)
    made.derived = _derived(connection)
    made.recipients = recipients_of(data, [*customer_ids, *former_ids])
    releases = data.published / "releases"
    made.releases = sorted(p.name for p in releases.glob("*") if p.is_dir())
    made.backups = [str(path) for path in made_backups(data) if path.is_dir()]
    return made


def _rows_of(
    connection: duckdb.DuckDBPyConnection, policy: Policy, words: Words
) -> Iterator[tuple[Mapping[str, Any], Verdict]]:
    columns = _columns(connection, policy)
    if not columns:
        return
    values = ", ".join(f"cast({identifier(c)} as varchar)" for c in columns)
    reader = connection.execute(
        f"select concat(chr(10), concat_ws(chr(10), {values}), chr(10)) as c360_text, "
        f"* from {policy.table}"
    ).to_arrow_reader(100_000)
    for batch in reader:
        found = words.sought(policy.system).in_rows(batch.column(0))
        for row in batch.take(sorted(found)).to_pylist() if found else ():
            verdict = judge({c: row[c] for c in columns}, policy, words)
            if verdict:
                yield row, verdict


def _columns(connection: duckdb.DuckDBPyConnection, policy: Policy) -> list[str]:
    schema, table = policy.table.split(".")
    return [
        name
        for (name,) in connection.execute(
            "select column_name from duckdb_columns() where schema_name = ? and "
            "table_name = ? and database_name = current_database() "
            "order by column_index",
            [schema, table],
        ).fetchall()
        if name not in _LINEAGE
    ]


def _derived(connection: duckdb.DuckDBPyConnection) -> dict[str, int]:
    """Return rows on the customers by table; `erased_*` are there since `words_of`."""
    conditions: dict[str, list[str]] = {}
    for table, column in connection.execute(
        "select columns.schema_name || '.' || columns.table_name, column_name "
        "from duckdb_columns() as columns inner join duckdb_tables() as tables "
        "using (database_name, schema_name, table_name) "
        f"where database_name = current_database() and list_contains([{_LAYERS}], "
        "columns.schema_name) and column_name in ('customer_id', 'record_key') "
        "order by all"
    ).fetchall():
        is_source_id = table.startswith("staging.") and column == "customer_id"
        if not is_source_id:
            kind = "customers" if column == "customer_id" else "records"
            conditions.setdefault(table, []).append(
                f"{column} in (select {column} from erased_{kind})"
            )
    counted = {
        table: connection.execute(
            f"select count(*) from {table} where {' or '.join(either)}"
        ).fetchall()[0][0]
        for table, either in conditions.items()
    }
    return {table: rows for table, rows in counted.items() if rows}


_LAYERS = ", ".join(map(literal, _DERIVED))
