"""What a run brought about, for a person to read at its end."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

import duckdb
from rich.console import Console
from rich.table import Table

from orchestration.commands.terminal import nobody_reads, short
from orchestration.gates.breaches import standing_breaches
from orchestration.ingestion.batches import waiting_batches
from orchestration.ingestion.sql import table_exists
from orchestration.project import GATES
from orchestration.run import RunOutcome
from orchestration.warehouse import DataDir, connect
from orchestration.wording import counted


def print_summary(console: Console, data: DataDir, outcome: RunOutcome) -> None:
    """Print rows in and quarantined, customers, identity quality, gates and release."""
    with connect(data.warehouse, read_only=True) as connection:
        console.print()
        print_ingestion(console, connection)
        # Without new marts they are those of a run before, not what this one found.
        if outcome.has_reached("gate_marts"):
            _print_customers(console, data, connection)
        _print_gates(console, connection, outcome)
    _print_ending(console, data, outcome)


def print_ingestion(console: Console, connection: duckdb.DuckDBPyConnection) -> None:
    """Print files and rows by system as in the ledger: read = loaded + quarantined.

    A file that was refused whole has its rows among those quarantined.
    """
    rows = connection.execute(
        """
        with

        files as (

            select
                source_system,
                count(*) as files,
                sum(rows_read) as rows_read,
                sum(rows_loaded) as rows_loaded,
                sum(rows_quarantined) as rows_quarantined
            from ops.ingested_files
            group by source_system

        ),

        of_wrong_type as (

            select
                source_system,
                count(*) as row_count
            from quarantine.rows
            where stage = 'cast'
            group by source_system

        )

        select
            files.*,
            coalesce(of_wrong_type.row_count, 0) as rows_of_wrong_type
        from files
        left join of_wrong_type
            on files.source_system = of_wrong_type.source_system
        order by files.rows_read desc
        """
    ).fetchall()
    table = Table(title="What came in", title_justify="left", box=None, pad_edge=False)
    table.add_column("system")
    # A row is loaded or quarantined; of those loaded, staging sets aside the last.
    for name in ("files", "rows read", "loaded", "quarantined", "of wrong type"):
        table.add_column(name, justify="right")
    for system, *numbers in rows:
        table.add_row(system, *(f"{number:,}" for number in numbers))
    if rows:
        totals = [sum(row[i] for row in rows) for i in range(1, 6)]
        table.add_row("all", *(f"{n:,}" for n in totals), style="bold")
    console.print(table)


def _print_customers(
    console: Console, data: DataDir, connection: duckdb.DuckDBPyConnection
) -> None:
    if not table_exists(connection, "marts", "customers"):
        return
    customers, records, systems = connection.execute(
        """
        select count(*), sum(record_count), avg(source_count) from marts.customers
        """
    ).fetchall()[0]
    console.print()
    console.print(
        f"[bold]{counted(customers, 'customer')}[/] from {records or 0:,} records; "
        f"each is known to {systems or 0:.1f} systems on average.",
        highlight=False,
    )
    if (data.truth / "person_records.parquet").exists():
        from orchestration.identity.quality import score_against_truth

        score = score_against_truth(connection, data.truth)
        console.print(
            f"Against the truth of the sample world: precision "
            f"[bold]{score['precision']:.3f}[/], "
            f"recall [bold]{score['recall']:.3f}[/], F1 "
            f"{score['f1']:.3f} (pairs of records).",
            highlight=False,
        )
    segments = connection.execute(
        """
        select
            rfm_segment,
            count(*) as customers,
            sum(revenue_reporting) as revenue
        from marts.customers
        where rfm_segment is not null
        group by rfm_segment
        order by revenue desc
        limit 5
        """
    ).fetchall()
    if segments:
        console.print()
        table = Table(
            title="RFM segments that bring the most",
            title_justify="left",
            box=None,
            pad_edge=False,
        )
        table.add_column("segment")
        table.add_column("customers", justify="right")
        table.add_column("revenue", justify="right")
        for segment, count, revenue in segments:
            table.add_row(segment, f"{count:,}", f"{revenue or 0:,.0f}")
        console.print(table)


def _print_gates(
    console: Console, connection: duckdb.DuckDBPyConnection, outcome: RunOutcome
) -> None:
    rows = connection.execute(
        """
        with

        latest as (

            select *
            from ops.gate_results
            qualify
                checked_at = max(checked_at) over (
                    partition by layer, table_schema, table_name
                )
                and row_number() over (
                    partition by
                        layer, table_schema, table_name, expectation, column_name
                    order by checked_at desc
                ) = 1

        )

        select
            layer,
            count(*) as rules,
            count(*) filter (where not passed and severity = 'error') as failed,
            count(*) filter (where not passed and severity = 'warning') as warned
        from latest
        group by layer
        """
    ).fetchall()
    verdicts: dict[str, tuple[Any, ...]] = {row[0]: row[1:] for row in rows}
    closed = {"raw": waiting_batches(connection)}
    for breach in standing_breaches(connection):
        closed.setdefault(breach.layer, []).append(breach.sentence)
    console.print()
    for gate in GATES:
        if gate not in verdicts or not outcome.has_reached(f"gate_{gate}"):
            console.print(f"[dim]· gate {gate}: not reached[/]")
            continue
        rules, failed, warned = verdicts[gate]
        # A batch of a source that is not required waits behind an open gate.
        is_open = f"gate_{gate}" in outcome.seconds
        bad = "[yellow]![/]" if is_open else "[red]✗[/]"
        mark = bad if failed else "[green]✓[/]"
        text = f"{rules:,} rules" + (f", {failed} failed" if failed else "")
        text += f", {warned} warnings" if warned else ""
        console.print(f"{mark} gate {gate}: {text}", highlight=False)
        for sentence in closed.get(gate, []) if failed else []:
            console.print(f"    {sentence}", markup=False, highlight=False)


def _print_ending(console: Console, data: DataDir, outcome: RunOutcome) -> None:
    console.print()
    current = data.published / "current"
    steps = sorted(outcome.seconds.items(), key=lambda item: -item[1])[:4]
    console.print(
        f"{outcome.total_seconds:.0f} s, most of it in "
        + ", ".join(f"{name} ({seconds:.0f} s)" for name, seconds in steps),
        style="dim",
        highlight=False,
    )
    for sentence in outcome.unfetched:
        console.print("[red]✗[/] ", end="")
        console.print(sentence, markup=False, highlight=False)
    for folder in outcome.unread:
        console.print(f"[yellow]![/] {nobody_reads(folder)}", highlight=False)
    if outcome.success:
        console.print(f"[green]✓[/] Published: {short(current)}/customer360.duckdb")
        console.print(
            _next_steps(current), markup=False, highlight=False, soft_wrap=True
        )
        return
    for failure in outcome.failures:
        console.print("[red]✗[/] ", end="")
        console.print(failure, markup=False, highlight=False)
    kept = "Readers still see the previous release." if current.exists() else ""
    console.print(f"Nothing was published. {kept} Reports: {short(data.reports)}")


def _next_steps(current: Path) -> str:
    """Return commands that work as they stand, whether or not the venv is active."""
    steps = ["", "Try next:"]
    if sys.prefix != sys.base_prefix and not os.environ.get("VIRTUAL_ENV"):
        steps.append(f"  source {short(Path(sys.prefix))}/bin/activate")
    steps += [
        "  c360 app         profiles and dashboards, in a browser",
        "  make dagster     the pipeline as a graph, with its checks, to run and watch",
        "  c360 status      how things stand",
        "  c360 dev && dbt build --select customers+    edit SQL on a copy",
        f"  duckdb -readonly {short(current)}/customer360.duckdb",
        "                   the marts in SQL (needs: pip install duckdb-cli)",
    ]
    return "\n".join(steps)
