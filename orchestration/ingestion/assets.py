"""One Dagster asset per raw table, made from the dbt manifest."""

import logging
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import dagster as dg

from orchestration.clock import moment
from orchestration.ingestion.cursors import PositionUnreadableError
from orchestration.ingestion.extract import extract
from orchestration.ingestion.extracted import Extracted, ExtractError
from orchestration.ingestion.loader import LoadResult, load_table
from orchestration.ingestion.raw_table import LINEAGE, count_rows
from orchestration.ingestion.sources import SourceTable, source_tables
from orchestration.operation.retries import another_try_if_locked
from orchestration.privacy.erasure.journal import refuse_if_pending
from orchestration.warehouse import DataDir, connect
from orchestration.wording import counted

logger = logging.getLogger("c360.fetch")

WRITER_POOL = "duckdb_writer"
"""DuckDB takes one writer; every step that writes belongs to this pool."""

FETCHED = "fetched"
"""Check of every table that is fetched: it fails if the source could not be read."""

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
    key = dg.AssetKey([source.system, source.table])
    fetched = dg.AssetCheckSpec(
        FETCHED,
        asset=key,
        description="The source could be read. If not, what landed before is used.",
    )

    @dg.asset(
        key=key,
        group_name="raw",
        kinds={source.kind if source.origin else source.format, "duckdb"},
        description=source.description,
        metadata={"dagster/column_schema": _column_schema(source)},
        pool=WRITER_POOL,
        check_specs=[fetched] if source.origin else [],
    )
    def load(context: dg.AssetExecutionContext) -> dg.MaterializeResult:
        now, data, failure = datetime.now(UTC), DataDir.from_env(), None
        refuse_if_pending(data)
        with another_try_if_locked(), connect() as connection:
            # With the warehouse in hand, no other run fetches the same.
            try:
                extracted = extract(source, data, now)
            except (ExtractError, PositionUnreadableError) as error:
                extracted, failure = None, str(error)
                logger.error(failure)
                context.log.error(failure)
            result = load_table(connection, source, data, moment(connection))
            rows = count_rows(connection, source)
        if extracted:
            logger.info(_fetch_sentence(source, extracted))
        for note in extracted.notes if extracted else []:
            logger.warning("%s: %s", source.name, note)
            context.log.warning("%s: %s", source.name, note)
        for file in result.files:
            if file.note:
                context.log.warning("%s: %s", file.path, file.note)
        for path in result.lost:
            context.log.warning(
                "%s is gone from landing/, and its rows from the warehouse.", path
            )
        for path in result.waiting:
            context.log.info("%s is still being written and waits.", path)
        return dg.MaterializeResult(
            metadata={**_metadata(result, rows), **_fetch_metadata(extracted)},
            data_version=dg.DataVersion(result.newest_batch_id or "empty"),
            check_results=[_check(failure)] if source.origin else [],
        )

    return load


def _fetch_sentence(source: SourceTable, extracted: Extracted) -> str:
    since = f" since {extracted.cursor_from}" if extracted.cursor_from else ""
    gone = (
        f", {counted(extracted.deleted, 'key is', 'keys are')} gone"
        if extracted.deleted
        else ""
    )
    return f"{source.name}: {counted(extracted.rows, 'row')} fetched{since}{gone}"


def _check(failure: str | None) -> dg.AssetCheckResult:
    return dg.AssetCheckResult(
        check_name=FETCHED, passed=failure is None, description=failure
    )


def _fetch_metadata(extracted: Extracted | None) -> dict[str, Any]:
    """Return what the asset page shows of a fetch."""
    if extracted is None:
        return {}
    notes = "\n".join(f"- {note}" for note in extracted.notes)
    return {
        "rows_fetched": extracted.rows,
        "keys_gone": extracted.deleted,
        "cursor_from": extracted.cursor_from or "the beginning",
        "cursor_to": extracted.cursor_to or "none",
        "fetch_notes": dg.MetadataValue.md(notes or "none"),
    }


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
