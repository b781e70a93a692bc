"""A small dbt project with the real gates, and rows that a test lands in it."""

from datetime import date
from pathlib import Path

import pytest

from orchestration.dbt.runner import invoke
from orchestration.gates.judging import judge
from orchestration.ingestion.batches import (
    list_batches,
)
from orchestration.warehouse import DataDir, connect
from tests.pipeline.small_projects import MODELS, write_project

SPOILED = """
union all
(
    select * from {{ ref('%s') }}
    where exists (select 1 from main.spoiled where layer = '%s')
    limit 1
)
"""

FILES = {
    "dbt_project.yml": """
seed-paths: [models]
seeds:
  customer360: {+schema: seeds, +post-hook: "{{ record_build() }}"}
"""
    + MODELS
    + """\
    staging:
      +schema: staging
      +materialized: table
      +pre-hook: "{{ require_gate('raw') }}"
    core:
      +schema: core
      +materialized: view
      +pre-hook: "{{ require_gate('feeds') }}"
    identity:
      +schema: identity
      committed:
        +materialized: table
        +pre-hook: "{{ require_gate('identity') }}"
    marts:
      +schema: marts
      +materialized: table
      +pre-hook: "{{ require_gate('identity') }}"
""",
    "models/staging/shop/_shop.yml": """
sources:
  - name: shop
    schema: raw_shop
    tables:
      - name: things
        config:
          meta:
            required: true
            ingest: {kind: file, format: csv, mode: snapshot, key: [thing_id]}
        columns:
          - name: thing_id
          - {name: amount, data_type: "decimal(18,2)"}
  - name: leaflets
    schema: raw_leaflets
    tables:
      - name: pages
        config:
          meta:
            ingest: {kind: file, format: csv, mode: append, key: [page_id]}
        columns: [{name: page_id}]
seeds:
  - name: shelves
    columns:
      - name: shelf
        data_tests:
          - unique
          - accepted_values: {arguments: {values: [high, low]}}
models:
  - name: stg_shop__things
    columns: [{name: thing_id, constraints: [{type: primary_key}]}]
  - name: stg_shop__priced
    columns: [{name: thing_id, constraints: [{type: primary_key}]}]
""",
    "models/staging/shop/shelves.csv": "shelf\nhigh\nlow\n",
    "models/staging/shop/stg_shop__things.sql": """
select raw.thing_id, try_cast(raw.amount as decimal(18, 2)) as amount
from {{ source('shop', 'things') }} as raw
inner join ops.batches on raw._batch_id = batches.batch_id
where batches.status = 'accepted'
""",
    "models/staging/shop/stg_shop__priced.sql": """
{{ config(materialized='view') }}
select * from {{ ref('stg_shop__things') }} where amount > 0
"""
    + SPOILED % ("stg_shop__things", "feeds"),
    "models/core/core__things.sql": "select * from {{ ref('stg_shop__priced') }}"
    + SPOILED % ("stg_shop__priced", "identity"),
    "models/core/_core.yml": """
models:
  - name: core__things
    columns: [{name: thing_id, constraints: [{type: primary_key}]}]
""",
    "models/identity/committed/identity_map.sql": """
select thing_id as record_key from {{ ref('core__things') }}
union all
select thing_id as record_key from {{ ref('core__things') }}
where exists (select 1 from main.spoiled where layer = 'features')
""",
    "models/identity/committed/_committed.yml": """
models:
  - name: identity_map
    columns: [{name: record_key, constraints: [{type: primary_key}]}]
""",
    "models/marts/commerce/things.sql": "select * from {{ ref('core__things') }}"
    + SPOILED % ("core__things", "marts"),
    "models/marts/commerce/_commerce.yml": """
models:
  - name: things
    columns: [{name: thing_id, constraints: [{type: primary_key}]}]
""",
}


@pytest.fixture(scope="module")
def small_project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write the small project, which is parsed once."""
    return write_project(tmp_path_factory.mktemp("project"), FILES)


@pytest.fixture
def data(
    small_project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> DataDir:
    """Make the small project and an empty data directory those of the environment."""
    monkeypatch.setenv("C360_PROJECT_DIR", str(small_project))
    monkeypatch.setenv("C360_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("C360_TARGET", "prod")
    with connect() as connection:
        connection.execute("create table spoiled (layer varchar)")
    return DataDir.from_env()


def land(
    batch_id: str,
    rows: list[tuple],
    source: str = "shop.things",
    dropped_on: date = date(2026, 1, 1),
    file: str | None = None,
    version: int = 1,
) -> None:
    """Do what ingestion does: rows in raw, and a batch that is pending."""
    file = file or f"{batch_id}.csv"
    system, table = source.split(".")
    columns = {"things": "thing_id varchar, amount varchar", "pages": "page_id varchar"}
    with connect() as connection:
        connection.execute(f"create schema if not exists raw_{system}")
        connection.execute(
            f"create table if not exists raw_{source} ({columns[table]}, "
            "_file varchar, _line bigint, _loaded_at timestamp, _batch_id varchar)"
        )
        for line, row in enumerate(rows, start=2):
            values = [*row, file, line, batch_id]
            marks = ", ".join("?" * len(row))
            connection.execute(
                f"insert into raw_{source} values ({marks}, ?, ?, now()::timestamp, ?)",
                values,
            )
        connection.execute(
            "insert into ops.batches by name select ? as batch_id, "
            "? as source_system, ? as source_table, 'pending' as status, 1 as files, "
            "? as rows_read, rows_read as rows_loaded, 0 as rows_quarantined, "
            "now()::timestamp as loaded_at",
            [batch_id, system, table, len(rows)],
        )
        connection.execute(
            "insert into ops.ingested_files by name select ? as source_system, "
            "? as source_table, ? as path, ? as file_version, '' as sha256, "
            "0 as bytes, ?::date as dropped_on, 0 as rows_read, "
            "? as rows_loaded, 0 as rows_quarantined, ? as batch_id, "
            "now()::timestamp as ingested_at",
            [system, table, file, version, dropped_on, len(rows), batch_id],
        )


def build(*args: str) -> tuple[bool, str]:
    result = invoke(["build", "--exclude-resource-type", "test", *args])
    return result.success, result.message


def spoil(layer: str | None) -> None:
    """Let the models of a layer double a row, or let them be."""
    with connect() as connection:
        connection.execute("delete from spoiled")
        connection.execute("insert into spoiled values (?)", [layer])


def status_of(batch_id: str) -> str:
    return next(b.status for b in list_batches(every=True) if b.batch_id == batch_id)


GOOD = [("t1", "1.50"), ("t2", "20"), ("t3", "3")]


def pass_gates(*layers: str) -> None:
    """Land good rows, then build and judge up to the last of `layers`."""
    folders = {"feeds": "staging", "identity": "core", "marts": "identity marts"}
    land("good", GOOD)
    for layer in layers:
        for folder in folders.get(layer, "").split():
            assert build("--select", f"path:models/{folder}") == (True, "")
        assert judge(layer, run_id="a").passed
