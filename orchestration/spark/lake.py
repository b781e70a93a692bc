"""The lake: tables as Parquet, which both the warehouse file and Spark can read.

Belongs here: what crosses from the warehouse into the lake before models run on Spark,
and back after. Files are loaded, gates judge, scores are learnt and releases are made
by DuckDB wherever the models run, so that all of these are the same ones.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import duckdb

from orchestration.ingestion.sql import identifier, literal
from orchestration.project import Manifest, on_spark
from orchestration.scores.store import ensure_tables
from orchestration.spark.session import open_session
from orchestration.warehouse import DataDir, transaction

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

# What models read that no model built. Raw tables stay as they are once staging began.
_CROSSING = """
select schema_name, table_name
from duckdb_tables()
where
    database_name = current_database()
    and (
        schema_name in ('ops', 'quarantine', 'scores')
        or ({with_raw} and starts_with(schema_name, 'raw_'))
    )
union all
values ('ops', 'accepted_files')
order by all
"""

_WITH_HISTORY = ("identity", "features", "marts")
"""Layers with models that go on from what they held before."""


def settle(
    connection: duckdb.DuckDBPyConnection, data: DataDir, manifest: Manifest
) -> str:
    """Bring what models keep to where they are built now.

    What Spark kept, the warehouse has as views over the lake. Where DuckDB builds they
    become tables, so that it goes on from them; where the lake is gone they go, and
    `state/` has their rows.

    Args:
        connection: the warehouse, in which nothing of the layer was done yet.
        data: where the lake is.
        manifest: of the dbt project.

    Returns:
        A mark of this lake: what was built without it is not in it. Empty where DuckDB
        builds.
    """
    for schema, name in _kept(manifest):
        if not _is(connection, "view", schema, name):
            continue
        relation = f"{identifier(schema)}.{identifier(name)}"
        if not any(_folder(data, schema, name).glob("*.parquet")):
            connection.execute(f"drop view {relation}")
        elif not on_spark():
            with transaction(connection):
                connection.execute(f"create temp table kept_rows as from {relation}")
                connection.execute(f"drop view {relation}")
                connection.execute(f"create table {relation} as from kept_rows")
                connection.execute("drop table kept_rows")
    if not on_spark():
        return ""
    mark = data.lake / "mark"
    if not mark.exists():
        data.lake.mkdir(parents=True, exist_ok=True)
        mark.write_text(uuid4().hex, encoding="utf-8")
    return mark.read_text(encoding="utf-8")


def _kept(manifest: Manifest) -> Iterator[tuple[str, str]]:
    """Yield the tables that go on from what they held before."""
    for node in manifest["nodes"].values():
        if node["config"].get("materialized") == "incremental":
            yield node["schema"], node["alias"]


def give(
    connection: duckdb.DuckDBPyConnection,
    data: DataDir,
    layer: str,
    manifest: Manifest,
) -> list[str]:
    """Let Spark read raw tables, ledgers and scores as the warehouse has them now.

    Args:
        connection: the warehouse.
        data: where the lake is.
        layer: that is to be built; raw tables are written for staging only.
        manifest: of the dbt project.

    Returns:
        The names of the tables, `schema.table`.
    """
    session = open_session(data)
    ensure_tables(connection)
    crossing = connection.execute(
        _CROSSING.format(with_raw=layer == "staging")
    ).fetchall()
    if layer in _WITH_HISTORY:
        # Ids of before stay the same ids: Spark goes on from what was kept without it.
        crossing += [
            (schema, name)
            for schema, name in _kept(manifest)
            if _is(connection, "table", schema, name)
            and not (
                session.catalog.tableExists(f"{schema}.{name}")
                and _is_as_long(connection, data, schema, name)
            )
        ]
    for schema, table in crossing:
        folder = _folder(data, schema, table)
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        file = folder / "part-0.parquet"
        relation = f"{identifier(schema)}.{identifier(table)}"
        connection.execute(f"copy {relation} to {literal(str(file))} (format parquet)")
        described = connection.execute(f"describe {relation}").fetchall()
        columns = [column for column, *_ in described]
        _register(session, f"{schema}.{table}", folder, columns)
    return [f"{schema}.{table}" for schema, table in crossing]


def _register(
    session: SparkSession, name: str, folder: Path, columns: list[str]
) -> None:
    """Make a table known to Spark; what it keeps of the files there is forgotten."""
    if session.catalog.tableExists(name):
        if session.table(name).columns == columns:
            session.catalog.refreshTable(name)
            return
        session.sql(f"drop table {name}")
    session.sql(f"create schema if not exists {name.split('.')[0]}")
    session.sql(f"create table {name} using parquet location {literal(str(folder))}")


def take(
    connection: duckdb.DuckDBPyConnection,
    data: DataDir,
    nodes: Iterable[Mapping[str, Any]],
) -> None:
    """Let the warehouse read what Spark built: marts as tables, all else as views.

    Args:
        connection: the warehouse; gates, scores and releases read it.
        data: where the lake is.
        nodes: of the manifest, models and seeds.
    """
    for node in nodes:
        schema, name = node["schema"], node["alias"]
        relation = f"{identifier(schema)}.{identifier(name)}"
        files = literal(str(files_of(data, schema, name) / "*.parquet"))
        rows = f"select {_columns(connection, files, node)} from read_parquet({files})"
        connection.execute(f"create schema if not exists {identifier(schema)}")
        kind = "table" if node["fqn"][1] == "marts" else "view"
        for other in ("table", "view"):
            if _is(connection, other, schema, name) and other != kind:
                connection.execute(f"drop {other} {relation}")
        connection.execute(f"create or replace {kind} {relation} as {rows}")
        connection.execute(
            """
            insert or replace into ops.table_builds (
                layer, table_schema, table_name, version, fingerprint, run_id, built_at,
                layout, checksum
            )
            select
                ?, ?, ?, nextval('ops.build_version'), null, null,
                cast(now() at time zone 'UTC' as timestamp), null, null
            """,
            [
                "seeds" if node["resource_type"] == "seed" else node["fqn"][1],
                schema,
                name,
            ],
        )


def files_of(data: DataDir, schema: str, name: str) -> Path:
    """Return the folder with the rows of a table, or of a view as it is now."""
    folder = _folder(data, schema, name)
    if folder.is_dir():
        return folder
    folder = data.lake / "views" / schema / name
    rows = open_session(data).table(f"{schema}.{name}")
    rows.write.mode("overwrite").parquet(str(folder))
    return folder


def _folder(data: DataDir, schema: str, name: str) -> Path:
    return data.lake / f"{schema}.db" / name


def _is_as_long(
    connection: duckdb.DuckDBPyConnection, data: DataDir, schema: str, name: str
) -> bool:
    """Tell whether the lake has all rows of a table that only ever grows."""
    files = literal(str(_folder(data, schema, name) / "*.parquet"))
    return connection.execute(
        f"select (select count(*) from read_parquet({files})) >= count(*) "
        f"from {identifier(schema)}.{identifier(name)}"
    ).fetchall()[0][0]


def _columns(
    connection: duckdb.DuckDBPyConnection, files: str, node: Mapping[str, Any]
) -> str:
    """Return the select list that gives columns the types that are declared."""
    columns = []
    found = connection.execute(f"describe from read_parquet({files})").fetchall()
    for name, stored, *_ in found:
        declared = node["columns"].get(name, {}).get("data_type")
        kind = declared or ("timestamp" if stored.startswith("TIMESTAMP") else stored)
        columns.append(f"cast({identifier(name)} as {kind}) as {identifier(name)}")
    return ", ".join(columns)


def _is(
    connection: duckdb.DuckDBPyConnection, kind: str, schema: str, name: str
) -> bool:
    return bool(
        connection.execute(
            f"select 1 from duckdb_{kind}s() where database_name = current_database() "
            f"and schema_name = ? and {kind}_name = ?",
            [schema, name],
        ).fetchall()
    )
