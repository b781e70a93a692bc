"""`c360 metric`: a figure by its name, from the published release."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Annotated

import duckdb
import typer
from rich.markup import escape
from rich.table import Table

from orchestration.commands.terminal import console, friendly_errors
from orchestration.warehouse import DataDir


def metric(
    names: Annotated[
        list[str] | None, typer.Argument(help="Metrics; without one, all are listed.")
    ] = None,
    by: Annotated[
        list[str] | None,
        typer.Option(help="To group by, may be repeated: metric_time__month, say."),
    ] = None,
    where: Annotated[
        list[str] | None,
        typer.Option(help="Condition: \"{{ Dimension('order__channel') }} = 'web'\"."),
    ] = None,
    limit: Annotated[int | None, typer.Option(help="Rows at most.")] = None,
    groups: Annotated[
        bool, typer.Option(help="Only tell what the metrics can be grouped by.")
    ] = False,
    sql: Annotated[bool, typer.Option(help="Only write the query.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
) -> None:
    """Tell metrics of models/semantic by name, as every tool that asks for them does.

    Revenue by month:

        c360 metric revenue --by metric_time__month

    What orders are worth in each segment, and what can be grouped by besides:

        c360 metric average_order_value --by customer__rfm_segment
        c360 metric average_order_value --groups
    """
    from orchestration.identity.explain import released
    from orchestration.metrics import Metrics
    from orchestration.project import parse

    with friendly_errors():
        metrics = Metrics(parse().with_name("semantic_manifest.json"))
        if not names:
            _print(["metric", "what it is"], list(metrics.descriptions.items()))
            return
        if groups:
            print("\n".join(metrics.group_bys(names)))
            return
        query = metrics.sql(names, by or [], where or [], limit)
        if sql:
            print(query)
            return
        with released(DataDir.from_env()) as release:
            try:
                found = release.sql(query)
            except duckdb.Error as error:
                reason = str(error).splitlines()[0]
                raise ValueError(f"The release cannot be asked so: {reason}") from error
            columns, rows = found.columns, found.fetchall()
    if as_json:
        answer = [dict(zip(columns, row, strict=True)) for row in rows]
        print(json.dumps(answer, indent=2, default=str, ensure_ascii=False))
    else:
        _print(columns, rows)


def _print(columns: Sequence[str], rows: Sequence[tuple]) -> None:
    table = Table(*columns, box=None, header_style="dim")
    for row in rows:
        table.add_row(*("" if value is None else escape(str(value)) for value in row))
    console.print(table)
