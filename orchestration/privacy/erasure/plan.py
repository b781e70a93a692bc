"""What an erasure would touch, counted before anything is.

Belongs here: counting, in the warehouse and among the files. Does not belong here:
changing anything.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import duckdb

from orchestration.activation.sent import recipients_of
from orchestration.ingestion.raw_table import LINEAGE
from orchestration.ingestion.sources import source_tables
from orchestration.ingestion.sql import literal
from orchestration.kept.backup import made_backups
from orchestration.privacy import rectifications
from orchestration.privacy.erasure.changes import leave_alone
from orchestration.privacy.erasure.landing_files import (
    Counted,
    counted,
    redact_landing,
)
from orchestration.privacy.erasure.own_words import words_of
from orchestration.privacy.erasure.rows import Policy, Redactor, policy_of
from orchestration.privacy.erasure.words import Words
from orchestration.project import Manifest
from orchestration.warehouse import DataDir

_IDENTIFYING = {"email", "phone"}
_PHONE_CLASSES = {"phone", "profile", "address"}
_DERIVED = ("staging", "core", "identity", "features", "scores", "marts", "governance")


@dataclass
class Plan:
    """What would be done to whom.

    Attributes:
        customer_ids: who is erased.
        former_ids: ids that once meant the same people.
        words: what only they hold.
        landing: rows and files of landing/ and archive/, as the receipt will list them.
        derived: rows on them by table, which are built anew without them.
        recipients: where they were sent, as `<destination>/<audience>`.
        releases: published releases, which are replaced by one without them.
        backups: folders of backups, which hold them until they are deleted.
    """

    customer_ids: list[str]
    words: Words
    former_ids: list[str] = field(default_factory=list)
    landing: Counted = field(default_factory=Counter)
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
    say: Callable[[str], None] = lambda _path: None,
) -> Plan:
    """Return what erasing these customers would touch; nothing is changed.

    Args:
        connection: to the warehouse.
        manifest: dbt's, which says what columns are personal.
        data: the data directory.
        customer_ids: current ids.
        say: told each file that is looked at.
    """
    former_ids = former_ids_of(connection, customer_ids)
    words = words_for(connection, manifest, data, customer_ids, former_ids)
    made = Plan(list(customer_ids), words, former_ids)
    made.landing = counted(
        redact_landing(
            data,
            manifest,
            lambda source: Redactor(policy_of(source), words, {}),
            leave_alone,
            say,
        )
    )
    made.derived = _derived(connection)
    made.recipients = recipients_of(data, [*customer_ids, *former_ids])
    releases = data.published / "releases"
    made.releases = sorted(p.name for p in releases.glob("*") if p.is_dir())
    made.backups = [str(path) for path in made_backups(data) if path.is_dir()]
    return made


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
        if name not in LINEAGE
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
