"""One Dagster asset per raw table, made from the dbt manifest."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import dagster as dg

from orchestration.ingestion.loader import LoadResult, load_table
from orchestration.ingestion.raw_table import LINEAGE, count_rows
from orchestration.ingestion.sources import SourceTable, source_tables
from orchestration.warehouse import DataDir, connect

WRITER_POOL = "duckdb_writer"
"""DuckDB takes one writer; every step that writes belongs to this pool."""

LINEAGE_DESCRIPTIONS = {
    "_file": "File the row comes from, relative to landing/.",
    "_line": "Line of the file on which the row starts (Parquet: number of the row).",
    "_loaded_at": "When the row was loaded, UTC.",
    "_batch_id": "Batch that brought the row; see ops.batches.",
}


def raw_assets(manifest: Mapping[str, Any]) -> list[dg.AssetsDefinition]:
    """Return an asset for every source table that declares `meta.ingest`.

    Its key is the one that dagster-dbt gives to the dbt source, so that the staging
    models hang on it.

    Raises:
        SourceDeclarationError: a source is declared in a way that cannot be loaded.
    """
    return [_raw_asset(source) for source in source_tables(manifest)]


def _raw_asset(source: SourceTable) -> dg.AssetsDefinition:
    @dg.asset(
        key=dg.AssetKey([source.system, source.table]),
        group_name="raw",
        kinds={source.format, "duckdb"},
        description=source.description,
        metadata={"dagster/column_schema": _column_schema(source)},
        pool=WRITER_POOL,
    )
    def load(context: dg.AssetExecutionContext) -> dg.MaterializeResult:
        with connect() as connection:
            result = load_table(
                connection, source, DataDir.from_env(), datetime.now(UTC)
            )
            rows = count_rows(connection, source)
        for file in result.files:
            if file.note:
                context.log.warning("%s: %s", file.path, file.note)
        for path in result.waiting:
            context.log.info("%s is still being written and waits.", path)
        return dg.MaterializeResult(
            metadata=_metadata(result, rows),
            data_version=dg.DataVersion(result.newest_batch_id or "empty"),
        )

    return load


def _column_schema(source: SourceTable) -> dg.TableSchema:
    declared = [
        dg.TableColumn(
            name=name,
            type="varchar",
            description=source.column_descriptions.get(name),
        )
        for name in source.columns
    ]
    lineage = [
        dg.TableColumn(name=name, type=kind, description=LINEAGE_DESCRIPTIONS[name])
        for name, kind in LINEAGE.items()
    ]
    return dg.TableSchema(columns=declared + lineage)


def _metadata(result: LoadResult, rows: int) -> dict[str, Any]:
    """Return what the asset page shows of a load."""
    drift = [f"{column} ({change})" for column, change in result.schema_changes]
    notes = [f"- `{file.path}`: {file.note}" for file in result.files if file.note]
    return {
        "dagster/row_count": rows,
        "rows_read": result.rows_read,
        "rows_loaded": result.rows_loaded,
        "rows_quarantined": result.rows_quarantined,
        "files": len(result.files),
        "files_waiting": len(result.waiting),
        "batch_id": result.batch_id or "none: no new file",
        "schema_drift": ", ".join(sorted(drift)) or "none",
        "notes": dg.MetadataValue.md("\n".join(notes) or "none"),
    }
