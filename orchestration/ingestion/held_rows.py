"""What quarantine holds: counted, shown, and written out for somebody to mend.

Only rows that still wait are told: not those that were replayed, or replaced by a later
version of their file, or belong to a batch that was rejected.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from orchestration.warehouse import DataDir, connect

STAGES = ("load", "cast")

_SHOWN_TEXT = 60


@dataclass(frozen=True)
class HeldCount:
    """How many rows of one table wait for one reason, and in how many files."""

    source: str
    stage: str
    reason: str
    rows: int
    """0 where the files were refused whole."""
    files: int


@dataclass(frozen=True)
class HeldRow:
    """One row of quarantine; `row_id` names it for good."""

    row_id: str
    file: str
    line: int | None
    stage: str
    column_name: str | None
    reason: str
    text: str | None


def count_held(data: DataDir) -> list[HeldCount]:
    """Return what waits in quarantine by table, stage and reason, the most first.

    Raises:
        FileNotFoundError: there is no warehouse yet.
        WarehouseLockedError: another process writes to the warehouse.
    """
    with connect(data.built_warehouse()) as connection:
        rows = connection.execute(
            """
            select
                source_system || '.' || source_table as source,
                stage,
                case
                    when stage = 'cast'
                        then regexp_replace(split_part(reason, '; ', 1), ': .*', '')
                    else regexp_replace(reason, ' [0-9]+', ' …', 'g')
                end as kind,
                count(line) as rows,
                count(distinct file) as files
            from quarantine.open_rows
            group by all
            order by rows desc, source, stage, kind
            """
        ).fetchall()
    return [HeldCount(*row) for row in rows]


def held_rows(
    data: DataDir,
    source: str,
    *,
    stage: str | None = None,
    file: str | None = None,
    limit: int | None = None,
) -> list[HeldRow]:
    """Return rows of one table that wait in quarantine, in the order of their files.

    Args:
        data: the data directory.
        source: `<system>.<table>`, or a system for all of its tables.
        stage: `load` or `cast`; default, both.
        file: only of this landing file.
        limit: at most so many; default, all.

    Raises:
        ValueError: there is no such stage, or nothing ever came from such a source.
        FileNotFoundError: there is no warehouse yet.
        WarehouseLockedError: another process writes to the warehouse.
    """
    if stage not in (None, *STAGES):
        raise ValueError(f"There is no stage {stage!r}; it is load or cast.")
    with connect(data.built_warehouse()) as connection:
        known = connection.execute(
            "select distinct source_system || '.' || source_table as name "
            "from ops.ingested_files order by name"
        ).fetchall()
        if not any(source in (name, name.split(".")[0]) for (name,) in known):
            raise ValueError(
                f"No file of {source!r} was ever read. "
                f"There are: {', '.join(name for (name,) in known) or 'none yet'}."
            )
        rows = connection.execute(
            """
            select row_id, file, line, stage, column_name, reason, text
            from quarantine.open_rows
            where
                $source in (source_system, source_system || '.' || source_table)
                and stage = coalesce($stage, stage)
                and file = coalesce($file, file)
            order by file, line nulls first
            limit $limit
            """,
            {"source": source, "stage": stage, "file": file, "limit": limit},
        ).fetchall()
    return [HeldRow(*row) for row in rows]


def write_held(rows: list[HeldRow], out: Path) -> int:
    """Write rows as JSON lines to be mended; return how many can be.

    Raises:
        ValueError: the file is there already, perhaps with somebody's work in it.
    """
    import json

    if out.exists():
        raise ValueError(f"{out} is there already. Name another file, or delete it.")
    fields = ("row_id", "file", "line", "column_name", "reason", "text")
    mendable = [row for row in rows if row.line is not None]
    lines = [
        json.dumps({name: getattr(row, name) for name in fields}, ensure_ascii=False)
        for row in mendable
    ]
    out.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    return len(mendable)


def print_counts(console: Console, counts: list[HeldCount]) -> None:
    """Print what waits, and how to go on."""
    if not counts:
        console.print("[green]✓[/] Nothing waits in quarantine.")
        return
    table = Table(box=None, header_style="dim")
    for heading in ("source", "stage", "rows", "files", "reason"):
        numeric = heading in ("rows", "files")
        table.add_column(heading, justify="right" if numeric else "left")
    for count in counts:
        rows = f"{count.rows:,}" if count.rows else "refused"
        table.add_row(
            count.source, count.stage, rows, f"{count.files:,}", escape(count.reason)
        )
    console.print(table)
    console.print("Look closer with: c360 quarantine show SOURCE")


def print_rows(console: Console, rows: list[HeldRow]) -> None:
    """Print rows: where each is from, why it is held, and the beginning of its text."""
    if not rows:
        console.print("[green]✓[/] No such row waits in quarantine.")
    for row in rows:
        where = f"{row.file}:{row.line}" if row.line else f"{row.file} (the whole file)"
        column = f" [dim]{escape(row.column_name)}[/]" if row.column_name else ""
        console.print(
            f"[bold]{escape(where)}[/] [dim]{row.row_id} {row.stage}[/]{column}",
            highlight=False,
        )
        console.print(f"    {row.reason}", markup=False, highlight=False)
        if row.text:
            text = row.text.replace("\n", "⏎")
            cut = "…" if len(text) > _SHOWN_TEXT else ""
            console.print(
                f"    {text[:_SHOWN_TEXT]}{cut}",
                style="dim",
                markup=False,
                highlight=False,
            )
