"""Every other file of the data directory: what it repeats of a person goes.

Belongs here: exports, reports, logs, packages of `c360 privacy access`, Dagster's
store, copies of the warehouse, and whatever else lies there. Does not belong here: what
the warehouse is made from (`files.py`, `kept_state.py`).

What can be made again is removed when it names somebody; of lists and logs only the
lines that do.
"""

from __future__ import annotations

import re
import shutil
import sqlite3
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from orchestration.activation import sent
from orchestration.privacy import access_log, rectifications, restrictions
from orchestration.privacy.erasure.needles import Needles
from orchestration.privacy.erasure.scan import Find, holds_any, is_whole
from orchestration.privacy.erasure.words import Words
from orchestration.warehouse import DataDir

_PACKAGE = re.compile(r"(access|portability)-(?P<customer_id>C\d+)\.(json|zip)")
_LINES = {".jsonl", ".log", ".out", ".err", ".csv", ".txt", ".ndjson"}
_SQLITE = b"SQLite format 3\0"
_BATCH = 1000


def redact_copies(
    data: DataDir, customer_ids: Sequence[str], words: Words, apart: Path
) -> Counter[str]:
    """Take people out of all files that the warehouse is not made from.

    Args:
        data: the data directory.
        customer_ids: who is erased.
        words: what only they hold.
        apart: a folder that is left alone: the erasure's own.

    Returns:
        How many rows, lines or files went, by top folder. Doing it twice does no more.
    """
    touched: Counter[str] = Counter()
    touched["exports"] = sent.forget(data, customer_ids)
    needles = words.proven
    touched["state"] = _redact_access_log(data, needles)
    for journal in (rectifications.journal(data), restrictions.journal(data)):
        touched["state"] += journal.forget(customer_ids)
    for path in _others(data, apart):
        place = path.relative_to(data.root).parts[0]
        package = _PACKAGE.fullmatch(path.name)
        if package and package["customer_id"] in customer_ids:
            path.unlink()
            touched[place] += 1
        elif holds_any(path, needles):
            touched[place] += _redact(path, needles)
    return Counter({place: count for place, count in touched.items() if count})


def redact_found(
    data: DataDir, finds: Sequence[Find], words: Words, apart: Path
) -> list[Find]:
    """Take people out of files in which they were found; return what is left.

    Files that the warehouse is made from, and those made from it, are left alone.

    Args:
        data: the data directory.
        finds: where something was found.
        words: what only the erased hold.
        apart: a folder that is left alone: the erasure's own.
    """
    others = set(_others(data, apart)) if finds else set()
    for find in finds:
        if find.path in others:
            _redact(find.path, words.proven)
    return [
        find
        for find in finds
        if find.path.exists() and holds_any(find.path, words.proven)
    ]


def remove_copies_of_warehouse(data: DataDir) -> Counter[str]:
    """Remove files that copy the warehouse or parts of it; return how many."""
    found = [
        *data.lake.rglob("*"),
        *data.dev_warehouse.parent.glob("*"),
        *data.root.glob("warehouse.*.aside.duckdb*"),
        *data.published.glob("releases/*.tmp/*"),
        *(data.root / "restore.tmp").rglob("*"),
        *(data.root / "replaced.tmp").rglob("*"),
    ]
    files = [path for path in found if path.is_file()]
    for path in files:
        path.unlink()
    # Spark makes its catalog in no folder that is there already.
    shutil.rmtree(data.lake, ignore_errors=True)
    return Counter("lake" if p.is_relative_to(data.lake) else "dev" for p in files)


def _others(data: DataDir, apart: Path) -> Iterator[Path]:
    """Yield all files but those that other phases see to."""
    warehouse = {data.warehouse, Path(f"{data.warehouse}.wal")}
    mirrors = {*data.state.glob("*.parquet"), access_log.log_path(data)}
    for path in sorted(data.root.rglob("*")):
        if (
            path.is_file()
            and not path.is_symlink()
            and path not in warehouse | mirrors
            and not path.is_relative_to(apart)
            and not path.is_relative_to(data.published)
        ):
            yield path


def _redact(path: Path, needles: Needles) -> int:
    """Take out of one file what it says; return the rows or lines, 1 for a file."""
    with path.open("rb") as content:
        start = content.read(len(_SQLITE))
    if start == _SQLITE:
        return _redact_sqlite(path, needles)
    if path.suffix == ".parquet":
        return _redact_parquet(path, needles)
    if path.suffix in _LINES:
        return _redact_lines(path, needles)
    path.unlink()
    return 1


def _redact_access_log(data: DataDir, needles: Needles) -> int:
    path = access_log.log_path(data)
    if not path.exists() or not holds_any(path, needles):
        return 0
    return int(access_log.redact(data, lambda line: _without(line, needles)))


def _without(text: str, needles: Needles) -> str:
    """Return a text with the words taken out, whatever they are part of."""
    for _, word in sorted(
        needles.find(text.encode()), key=lambda f: -len(needles.words[f[1]])
    ):
        said = re.escape(needles.words[word])
        text = re.sub(said, "erased", text, flags=re.IGNORECASE)
    return text


def _redact_lines(path: Path, needles: Needles) -> int:
    lines = path.read_bytes().split(b"\n")
    kept = [line for line in lines if not is_whole(line, needles)]
    _replace(path, b"\n".join(kept))
    return len(lines) - len(kept)


def _redact_parquet(path: Path, needles: Needles) -> int:
    table = pq.read_table(path)
    found = needles.in_rows(rows_as_text(table))
    stays = [row not in found for row in range(len(table))]
    unfinished = path.with_name(f"{path.name}.tmp")
    pq.write_table(table.filter(pa.array(stays, pa.bool_())), unfinished)
    unfinished.replace(path)
    return len(found)


def rows_as_text(table: pa.Table) -> pa.Array:
    """Return each row of a table as one text, a value a line."""
    with duckdb.connect() as connection:
        connection.register("rows", table)
        values = ", ".join(f'cast("{name}" as varchar)' for name in table.schema.names)
        found = connection.sql(
            f"select concat_ws(chr(10), {values or 'null'}) as text from rows"
        ).to_arrow_table()
    return pa.concat_arrays(found["text"].chunks or [pa.array([], pa.string())])


def _redact_sqlite(path: Path, needles: Needles) -> int:
    """Blank the texts of a SQLite file, such as Dagster's events, that say anything."""
    touched = 0
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("pragma secure_delete = on")
        tables = [
            name
            for (name,) in connection.execute(
                "select name from sqlite_master where type = 'table'"
            ).fetchall()
        ]
        for table in tables:
            columns = connection.execute(f'pragma table_info("{table}")').fetchall()
            for column in [c[1] for c in columns]:
                touched += _redact_column(connection, table, column, needles)
        connection.commit()
        connection.execute("vacuum")
        connection.execute("pragma wal_checkpoint(truncate)")
    return touched


def _redact_column(
    connection: sqlite3.Connection, table: str, column: str, needles: Needles
) -> int:
    rows = connection.execute(
        f'select rowid, "{column}" from "{table}" where typeof("{column}") = \'text\''
    )
    mended = []
    while batch := rows.fetchmany(_BATCH):
        found = needles.in_rows(pa.array([text for _, text in batch], pa.string()))
        for place in found:
            rowid, text = batch[place]
            mended.append((_without(text, needles), rowid))
    connection.executemany(
        f'update "{table}" set "{column}" = ? where rowid = ?', mended
    )
    return len(mended)


def _replace(path: Path, content: bytes) -> None:
    unfinished = path.with_name(f"{path.name}.tmp")
    unfinished.touch(mode=path.stat().st_mode & 0o777)
    unfinished.write_bytes(content)
    unfinished.replace(path)
