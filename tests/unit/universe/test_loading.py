"""The loader takes the sample world in, and refuses exactly what was planted."""

import json
from datetime import datetime

import duckdb
import pytest
import yaml

from orchestration.ingestion.loader import load_table
from orchestration.ingestion.sources import SourceTable
from orchestration.universe.write import DEFAULT_END
from orchestration.warehouse import PROJECT_ROOT, DataDir, ops_ddl


def declared_sources() -> list[SourceTable]:
    return [
        SourceTable(
            system=source["name"],
            table=table["name"],
            format=ingest["format"],
            mode=ingest["mode"],
            key=tuple(ingest.get("key", ())),
            columns={c["name"]: c["data_type"] for c in table["columns"]},
        )
        for path in (PROJECT_ROOT / "models" / "staging").glob("*/*sources.yml")
        for source in yaml.safe_load(path.read_text())["sources"]
        for table in source["tables"]
        for ingest in [table["config"]["meta"]["ingest"]]
    ]


@pytest.mark.parametrize("source", declared_sources(), ids=lambda source: source.name)
def test_the_loader_refuses_what_was_planted_and_nothing_else(world, source):
    connection = duckdb.connect()
    connection.execute(ops_ddl())
    data = DataDir(world)
    result = load_table(connection, source, data, datetime(2026, 7, 1), 0)
    expected = json.loads((data.truth / "expected_dirt.json").read_text())

    again = [file for file in result.files if file.path in expected["resent_files"]]
    first = [file for file in result.files if file not in again]
    assert [file.path for file in first] != []
    for file in first:
        planted = expected["files"].get(file.path, {})
        assert file.rows_quarantined == planted.get("quarantined_at_load", 0)
        assert file.rows_read == file.rows_loaded + file.rows_quarantined
    assert sum(file.rows_loaded for file in again) == 0
    assert all(str(DEFAULT_END) in file.path for file in result.files)
