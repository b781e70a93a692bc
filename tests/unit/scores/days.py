"""Days of customers as scores read them, made from a few columns."""

from __future__ import annotations

import duckdb
import pyarrow as pa

from orchestration.warehouse import PROJECT_ROOT

_MODEL = PROJECT_ROOT / "models" / "features" / "_customer_days__models.yml"
_MONEY = ("orders_reporting", "sales_reporting", "refunds_reporting")


def put_days(connection: duckdb.DuckDBPyConnection, as_of: str, days: pa.Table) -> None:
    """Make features.customer_days of `days`; columns that it has not are 0."""
    import yaml

    (model,) = yaml.safe_load(_MODEL.read_text(encoding="utf-8"))["models"]
    names = [column["name"] for column in model["columns"]]
    zeros = ", ".join(
        f"cast(0 as {'double' if name in _MONEY else 'integer'}) as {name}"
        for name in names
        if name not in days.column_names
    )
    connection.execute(
        f"""
        create schema core;
        create schema features;
        create table core.as_of as select timestamp '{as_of}' as as_of;
        create table features.customer_days as select *, {zeros} from days;
        insert into ops.table_builds
            (layer, table_schema, table_name, version, built_at)
        values
            ('core', 'core', 'as_of', 1, now()),
            ('features', 'features', 'customer_days', 1, now());
        """
    )
