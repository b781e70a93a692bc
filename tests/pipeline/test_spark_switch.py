"""From DuckDB to Spark and back: what models keep goes along.

The dbt project here is a small one of its own, with the real macros and hooks.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from orchestration.warehouse import PROJECT_ROOT
from tests.pipeline.small_projects import MODELS, write_project
from tests.pipeline.small_spark import use_small_spark

pytestmark = [pytest.mark.slow, pytest.mark.spark, pytest.mark.timeout(1800)]

FILES = {
    "dbt_project.yml": MODELS
    + "    identity: {+schema: identity, +materialized: table}\n",
    "models/identity/records.sql": "select 1 as record",
    "models/identity/registry.sql": """
{{ config(materialized='incremental', incremental_strategy='append') }}
select record from {{ ref('records') }}
{%- if is_incremental() %}
where record not in (select record from {{ this }})
{%- endif %}
""",
}

BUILDS = """
from orchestration.dbt.layer import build_layer
from orchestration.project import layer_nodes, manifest
from orchestration.warehouse import connect

nodes = layer_nodes(manifest(), "identity")
done = build_layer(manifest(), "identity", nodes, connect)
assert done.failure is None, done.failure
with connect() as connection:
    kept = connection.execute("from identity.registry order by all").fetchall()
print(len(done.seconds), *(record for (record,) in kept))
"""


@pytest.fixture
def builds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Build the project of one record in a process of its own; return what it says."""
    project = write_project(
        tmp_path / "project", FILES, "materializations", "cross_db", "ingestion"
    )
    conf = tmp_path / "conf"
    conf.mkdir()
    use_small_spark(monkeypatch, conf)
    monkeypatch.setenv("C360_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("C360_PROJECT_DIR", str(project))
    monkeypatch.setenv("PYTHONPATH", str(PROJECT_ROOT))

    def with_record(target: str, record: int) -> str:
        records = project / "models/identity/records.sql"
        records.write_text(f"select {record} as record")
        done = subprocess.run(
            [sys.executable, "-c", BUILDS],
            env={**os.environ, "C360_TARGET": target},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr[-3000:]
        return done.stdout.splitlines()[-1]

    return with_record


def test_what_is_kept_goes_along_from_one_to_the_other_and_back(builds):
    assert builds("prod", 1) == "2 1"
    assert builds("spark", 2) == "2 1 2"
    assert builds("prod", 3) == "2 1 2 3"
    assert builds("spark", 4) == "2 1 2 3 4"
    assert builds("spark", 4) == "0 1 2 3 4"
