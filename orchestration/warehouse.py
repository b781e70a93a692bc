"""Where the data lives and how to reach it: paths, connections, the tables of `ops`.

Belongs here: every path under the data directory, opening the warehouse, and the
bookkeeping tables that exist before any model is built. Does not belong here: what
is written into those tables, which is the business of ingestion, gates and publish.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import duckdb

PROJECT_ROOT = Path(__file__).resolve().parent.parent

OPS_DDL = """
create schema if not exists ops;
create schema if not exists quarantine;

create sequence if not exists ops.build_version;

create table if not exists ops.batches (
    batch_id varchar primary key,
    source_system varchar not null,
    source_table varchar not null,
    status varchar not null
    check (status in ('pending', 'accepted', 'waiting', 'rejected')),
    files integer not null,
    rows_read bigint not null,
    rows_loaded bigint not null,
    rows_quarantined bigint not null,
    loaded_at timestamp not null,
    decided_at timestamp,
    decided_by varchar,
    reason varchar
);

create table if not exists ops.ingested_files (
    source_system varchar not null,
    source_table varchar not null,
    path varchar not null,
    file_version integer not null,
    sha256 varchar not null,
    bytes bigint not null,
    changed_at timestamp,
    dropped_on date not null,
    rows_read bigint not null,
    rows_loaded bigint not null,
    rows_quarantined bigint not null,
    batch_id varchar,
    note varchar,
    ingested_at timestamp not null,
    primary key (source_system, source_table, path, file_version)
);

create table if not exists ops.schema_changes (
    source_system varchar not null,
    source_table varchar not null,
    column_name varchar not null,
    change varchar not null check (change in ('new', 'missing')),
    path varchar not null,
    batch_id varchar not null,
    seen_at timestamp not null
);

create table if not exists quarantine.rows (
    source_system varchar not null,
    source_table varchar not null,
    stage varchar not null check (stage in ('load', 'cast')),
    file varchar not null,
    line bigint,
    column_name varchar,
    reason varchar not null,
    text varchar,
    batch_id varchar,
    quarantined_at timestamp not null
);

create table if not exists ops.table_builds (
    layer varchar not null,
    table_schema varchar not null,
    table_name varchar not null,
    version bigint not null,
    fingerprint varchar,
    run_id varchar,
    built_at timestamp not null,
    primary key (table_schema, table_name)
);

create table if not exists ops.gate_results (
    layer varchar not null,
    table_schema varchar not null,
    table_name varchar not null,
    version varchar not null,
    passed boolean not null,
    expectation varchar not null,
    column_name varchar,
    severity varchar not null check (severity in ('error', 'warning')),
    rows_checked bigint,
    rows_failed bigint,
    observed varchar,
    examples json,
    reason varchar,
    run_id varchar,
    checked_at timestamp not null
);

create or replace view ops.accepted_files as
select
    files.source_system,
    files.source_table,
    files.path,
    files.batch_id,
    files.dropped_on
from ops.ingested_files as files
inner join ops.batches as batches on files.batch_id = batches.batch_id
where batches.status = 'accepted'
qualify row_number() over (
    partition by files.source_system, files.source_table, files.path
    order by files.file_version desc
) = 1;
"""


class WarehouseLockedError(RuntimeError):
    """Another process holds the warehouse file; DuckDB takes one writer."""


@dataclass(frozen=True)
class DataDir:
    """Every place under one data directory (`C360_DATA_DIR`, default `data/`)."""

    root: Path

    @classmethod
    def from_env(cls) -> DataDir:
        """Return the data directory that the environment names."""
        raw = os.environ.get("C360_DATA_DIR", "data")
        return cls(Path(raw).expanduser().resolve())

    @property
    def landing(self) -> Path:
        """Raw files, as `<system>/<table>/<file>`; immutable once there."""
        return self.root / "landing"

    @property
    def warehouse(self) -> Path:
        """The DuckDB file that the pipeline writes."""
        return self.root / "warehouse.duckdb"

    @property
    def dev_warehouse(self) -> Path:
        """A copy of the warehouse to edit models against; it cannot publish."""
        return self.root / "dev.duckdb"

    @property
    def state(self) -> Path:
        """What cannot be rebuilt from landing files."""
        return self.root / "state"

    @property
    def truth(self) -> Path:
        """Who is who in the sample world; absent for real data."""
        return self.root / "truth"

    @property
    def published(self) -> Path:
        """Releases, and `current`, a symlink to the newest one."""
        return self.root / "published"

    @property
    def reports(self) -> Path:
        """HTML reports of the gates."""
        return self.root / "reports"


@contextmanager
def connect(
    path: Path | None = None, *, read_only: bool = False
) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open the warehouse, with its bookkeeping tables in place, and close it after.

    Raises:
        WarehouseLockedError: another process has the file open for writing.
    """
    path = path or DataDir.from_env().warehouse
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        connection = duckdb.connect(str(path), read_only=read_only)
    except duckdb.IOException as error:
        if "lock" not in str(error):
            raise
        raise WarehouseLockedError(
            f"{path} is in use by another process. Wait for the run that holds it, "
            f"or stop it, then try again. ({str(error).splitlines()[0]})"
        ) from error
    try:
        connection.execute("set timezone = 'UTC'")
        if not read_only:
            connection.execute(OPS_DDL)
        yield connection
    finally:
        connection.close()
