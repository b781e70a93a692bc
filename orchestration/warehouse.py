"""Where the data lives and how to reach it: paths, connections, the tables of `ops`.

Belongs here: every path under the data directory, opening the warehouse, and the
bookkeeping tables that exist before any model is built. Does not belong here: what
is written into those tables, which is the business of ingestion, gates and publish.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import duckdb

PROJECT_ROOT = Path(__file__).resolve().parent.parent

OPS_MACRO = PROJECT_ROOT / "macros" / "ensure_ops.sql"

# The files are read by this project alone, whose DuckDB is of this line or newer.
STORAGE_VERSION = "v1.5.0"


class WarehouseLockedError(RuntimeError):
    """Another process holds the warehouse file; DuckDB takes one writer."""


class WarehouseDamagedError(RuntimeError):
    """The warehouse file is no database any more."""


# How DuckDB begins when a file is not what it wrote; it has no class of its own for it.
_SIGNS_OF_DAMAGE = (
    "not a valid DuckDB database file",
    "Corrupt database file",
    "Could not read enough bytes",
)


@dataclass(frozen=True)
class DataDir:
    """Every place under one data directory (`C360_DATA_DIR`, default `data/`)."""

    root: Path

    @classmethod
    def from_env(cls) -> DataDir:
        """Return the data directory that the environment names."""
        raw = os.environ.get("C360_DATA_DIR", "data")
        return cls(Path(raw).expanduser().resolve())

    @property
    def landing(self) -> Path:
        """Raw files, as `<system>/<table>/<file>`; erasure alone ever changes one."""
        return self.root / "landing"

    @property
    def archive(self) -> Path:
        """Landing files that are older than their table keeps rows."""
        return self.root / "archive"

    @property
    def warehouse(self) -> Path:
        """The DuckDB file that the pipeline writes."""
        return self.root / "warehouse.duckdb"

    def built_warehouse(self) -> Path:
        """Return the warehouse, for those that make nothing where there is none.

        Raises:
            FileNotFoundError: there is none; perhaps the variable names another place.
        """
        if not self.warehouse.exists():
            raise FileNotFoundError(
                f"There is no warehouse at {self.warehouse} yet. Make one with: c360 "
                "run (C360_DATA_DIR says where the data is)"
            )
        return self.warehouse

    @property
    def dev_warehouse(self) -> Path:
        """A copy of the warehouse to edit models against; it cannot publish."""
        return self.root / "dev" / "warehouse.duckdb"

    @property
    def lake(self) -> Path:
        """Tables that Spark reads and builds: can be made anew, like the warehouse."""
        return self.root / "lake"

    @property
    def state(self) -> Path:
        """What cannot be rebuilt from landing files."""
        return self.root / "state"

    @property
    def truth(self) -> Path:
        """Who is who in the sample world; absent for real data."""
        return self.root / "truth"

    @property
    def published(self) -> Path:
        """Releases, and `current`, a symlink to the newest one."""
        return self.root / "published"

    @property
    def exports(self) -> Path:
        """What destinations were sent of audiences: keys and hashes."""
        return self.root / "exports"

    @property
    def reports(self) -> Path:
        """HTML reports of the gates."""
        return self.root / "reports"


@cache
def ops_ddl() -> str:
    """Return the statements that create the tables of `ops`, as dbt runs them too."""
    body = re.search(
        r"{% macro duckdb__ensure_ops\(\) -%}(.*?){%- endmacro %}",
        OPS_MACRO.read_text(encoding="utf-8"),
        re.DOTALL,
    )
    assert body, f"{OPS_MACRO} has no macro duckdb__ensure_ops"
    return body.group(1)


def is_damage(error: duckdb.Error) -> bool:
    """Tell whether an error says that a database file is damaged."""
    return isinstance(error, duckdb.SerializationException | duckdb.FatalException) or (
        any(sign in str(error) for sign in _SIGNS_OF_DAMAGE)
    )


def open_file(
    path: Path, *, read_only: bool = False, config: Mapping[str, Any] | None = None
) -> duckdb.DuckDBPyConnection:
    """Open a warehouse file as it is; a new one comes to be in a folder that exists.

    Raises:
        WarehouseLockedError: another process has the file open for writing.
        WarehouseDamagedError: the file is not a whole DuckDB database.
    """
    try:
        if not (read_only or path.exists()):
            _make_file(path)
        return duckdb.connect(str(path), read_only=read_only, config=dict(config or {}))
    except duckdb.Error as error:
        reason = str(error).splitlines()[0]
        if "Could not set lock" in reason:
            raise WarehouseLockedError(
                f"{path} is in use by another process. Wait for the run that holds "
                f"it, or stop it, then try again. ({reason})"
            ) from error
        if is_damage(error):
            raise WarehouseDamagedError(
                f"{path} is damaged ({reason}). Put it aside with `c360 rebuild`: the "
                "next run makes a new one from landing/ and state/, with the same ids."
            ) from error
        raise


def _make_file(path: Path) -> None:
    """Make an empty file of the layout that costs least to write.

    Unasked, DuckDB makes a file that its oldest versions can read. In a trial with the
    tables of 5,000 people, a checkpoint of the newer layout took half the processor,
    and the file was an eighth smaller.
    """
    quoted = str(path).replace("'", "''")
    with duckdb.connect() as maker:
        maker.execute(
            f"attach '{quoted}' as made (storage_version '{STORAGE_VERSION}')"
        )


@contextmanager
def connect(
    path: Path | None = None, *, read_only: bool = False
) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open the warehouse, with its bookkeeping tables in place, and close it after.

    Raises:
        WarehouseLockedError: another process has the file open for writing.
        WarehouseDamagedError: the file is not a whole DuckDB database.
    """
    path = path or DataDir.from_env().warehouse
    path.parent.mkdir(parents=True, exist_ok=True)
    connection = open_file(path, read_only=read_only)
    try:
        connection.execute("set timezone = 'UTC'")
        if not read_only:
            connection.execute(ops_ddl())
        yield connection
    finally:
        connection.close()


@contextmanager
def transaction(connection: duckdb.DuckDBPyConnection) -> Iterator[None]:
    """Commit what the block does, all of it or nothing."""
    connection.execute("begin transaction")
    try:
        yield
    except BaseException:
        connection.execute("rollback")
        raise
    connection.execute("commit")
