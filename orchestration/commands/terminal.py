"""What all `c360` commands share: the console, log lines, and errors as sentences.

Belongs here: how a command speaks. Does not belong here: what it does.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import typer
from rich.console import Console

from orchestration.warehouse import WarehouseDamagedError, WarehouseLockedError

console = Console()
errors = Console(stderr=True)


class _LineHandler(logging.Handler):
    """Prints what the pipeline is doing, a line each, on the terminal."""

    def emit(self, record: logging.LogRecord) -> None:
        style = "red" if record.levelno >= logging.ERROR else "dim"
        now = datetime.fromtimestamp(record.created).strftime("%H:%M:%S")
        console.print(f"[dim]{now}[/] ", end="")
        console.print(record.getMessage(), style=style, markup=False)


@contextmanager
def friendly_errors() -> Iterator[None]:
    """Turn errors that a user can mend into one sentence and exit code 1."""
    try:
        yield
    except Exception as error:
        # Imported here, since Dagster comes with them, which a good run may not need.
        from orchestration.project import ProjectError
        from orchestration.run import MachineError
        from orchestration.spark.readiness import SparkMissingError

        mendable = (
            WarehouseLockedError,
            WarehouseDamagedError,
            MachineError,
            ProjectError,
            SparkMissingError,
            ValueError,
            FileNotFoundError,
        )
        if isinstance(error, OSError) and error.strerror and error.filename:
            said = f"{error.filename}: {error.strerror}"
        elif isinstance(error, mendable):
            said = str(error)
        else:
            raise
        errors.print("[red]✗[/] ", end="")
        errors.print(said, markup=False, highlight=False)
        raise typer.Exit(1) from error


def log_to_terminal() -> None:
    """Show the log of the pipeline on the terminal."""
    log = logging.getLogger("c360")
    log.setLevel(logging.INFO)
    log.handlers = [_LineHandler()]
    log.propagate = False


def short(path: Path) -> str:
    """Return a path relative to the current folder where that is shorter."""
    try:
        return str(path.relative_to(Path.cwd()))
    except ValueError:
        return str(path)


def nobody_reads(folder: str) -> str:
    """Say of a folder under landing/ that its files stay unread, and how to mend it."""
    return (
        f"Nobody reads landing/{folder}: no source declares this system and table. "
        "Rename the folder, or declare it."
    )
