"""How things stand, for a person on duty: what is stale, closed or held back."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from itertools import groupby
from pathlib import Path

import duckdb
from rich.console import Console

from orchestration.commands.terminal import short
from orchestration.gates.breaches import standing_breaches
from orchestration.gates.freshness import gone_quiet
from orchestration.warehouse import DataDir, connect
from orchestration.wording import counted


def print_status(console: Console, data: DataDir) -> None:
    """Print release, closed gates, waiting batches and quarantine, each with a command.

    Raises:
        FileNotFoundError: nothing has been run yet.
        ValueError: the warehouse lacks what this version keeps in it.
    """
    _print_release(console, data)
    warehouse = data.built_warehouse()
    try:
        with connect(warehouse, read_only=True) as connection:
            waits = _print_waiting(console, connection, data.reports)
            _print_closed(console, connection, data.reports, but_raw=waits)
            print_quarantine(console, connection)
            _print_freshness(console, connection)
    except duckdb.CatalogException as error:
        raise ValueError(
            f"{data.warehouse} was made by an earlier version. "
            "Bring it up to date with: c360 run"
        ) from error


def _print_release(console: Console, data: DataDir) -> None:
    manifest = data.published / "current" / "manifest.json"
    if not manifest.exists():
        console.print("[yellow]·[/] Nothing is published yet.")
        return
    release = json.loads(manifest.read_text(encoding="utf-8"))
    published = datetime.fromisoformat(release["published_at"])
    console.print(
        f"[green]✓[/] Release {release['run_id']} of {published:%Y-%m-%d %H:%M} UTC",
        highlight=False,
    )


def _print_waiting(
    console: Console, connection: duckdb.DuckDBPyConnection, reports: Path
) -> bool:
    """Print the batches that wait, and return whether there are any."""
    waiting = connection.execute(
        "select batch_id, reason from ops.batches where status = 'waiting'"
    ).fetchall()
    for batch_id, reason in waiting:
        console.print("[red]✗[/] ", end="")
        console.print(
            f"Batch {batch_id} waits, as it breaks: {reason}",
            markup=False,
            highlight=False,
        )
        for verb in ("accept", "reject"):
            console.print(
                f"    c360 batch {verb} {batch_id}", highlight=False, soft_wrap=True
            )
    if waiting:
        page = short(reports / "latest.html")
        console.print(f"    The rows: {page}", highlight=False, soft_wrap=True)
    else:
        console.print("[green]✓[/] No batch waits for a decision.")
    return bool(waiting)


def _print_closed(
    console: Console,
    connection: duckdb.DuckDBPyConnection,
    reports: Path,
    *,
    but_raw: bool,
) -> None:
    """Print closed gates; a batch that waits closes that of raw, if it is required."""
    breaches = standing_breaches(connection)
    for layer, broken in groupby(breaches, key=lambda breach: breach.layer):
        console.print(f"[red]✗[/] Gate {layer} is closed.")
        for breach in broken:
            console.print(f"    {breach.sentence}", markup=False, highlight=False)
        console.print(
            f"    The rows: {short(reports / 'latest.html')}. Mend data or model, "
            f"then: c360 run",
            highlight=False,
        )
    if not breaches:
        after = " after that of raw" if but_raw else ""
        console.print(f"[green]✓[/] No gate{after} is closed.")


def print_quarantine(console: Console, connection: duckdb.DuckDBPyConnection) -> None:
    """Print by table how many rows wait, and how many files were refused whole."""
    tables = connection.execute(
        """
        select
            source_system || '.' || source_table as name,
            count(line) as rows,
            count(distinct file) filter (line is not null) as files,
            count(distinct file) filter (line is null) as refused_files,
            mode(column_name) as most_often
        from quarantine.open_rows
        group by name
        order by rows desc, name
        """
    ).fetchall()
    for name, rows, files, refused_files, column in tables:
        often = f", most often in {column}" if column else ""
        held = []
        if rows:
            place = f"of {counted(files, 'file')} in quarantine{often}"
            held.append(f"{counted(rows, 'row')} {place}")
        if refused_files:
            whole = counted(refused_files, "file was", "files were")
            held.append(f"{whole} refused whole")
        console.print(f"[yellow]·[/] {name}: {'; '.join(held)}", highlight=False)
        console.print(f"    c360 quarantine show {name}", highlight=False)
    if not tables:
        console.print("[green]✓[/] Quarantine is empty.")


def _print_freshness(console: Console, connection: duckdb.DuckDBPyConnection) -> None:
    quiet = gone_quiet(connection, datetime.now(UTC).replace(tzinfo=None))
    for table in quiet:
        console.print(
            f"[yellow]![/] {table.name} has gone quiet. {table.sentence}",
            highlight=False,
        )
    if not quiet:
        console.print("[green]✓[/] No source has gone quiet.")
    rows = connection.execute(
        """
        select source_system, max(dropped_on), max(ingested_at)
        from ops.ingested_files
        group by source_system
        order by 2
        """
    ).fetchall()
    for system, dropped_on, ingested_at in rows:
        console.print(
            f"[dim]  {system}: newest file of {dropped_on}, "
            f"read {ingested_at:%F %T}[/]",
            highlight=False,
        )
