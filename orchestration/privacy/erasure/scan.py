"""The proof: every byte of every file under the data directory is looked at.

Belongs here: looking into files of any kind, packed ones and databases too. Does not
belong here: taking anything out.

A word counts where it stands alone: an address inside a longer one is somebody else's.
What is found is told by file and kind of place, never by its value.
"""

from __future__ import annotations

import gzip
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import duckdb

from orchestration.ingestion.sql import identifier
from orchestration.privacy.erasure.needles import Needles

_CHUNK = 16 * 1024 * 1024
_JOINS = frozenset(b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_+-")
_DOT = ord(".")
_AT = ord("@")


@dataclass(frozen=True)
class Find:
    """Where something was left.

    Attributes:
        path: the file.
        place: which kind of place in it: an offset, a table, a member.
    """

    path: Path
    place: str

    def __str__(self) -> str:
        """Say it without the value."""
        return f"{self.path} ({self.place})"


def scan(root: Path, needles: Needles, apart: Path | None = None) -> Iterator[Find]:
    """Yield every file under a folder in which any of the words is left, once each.

    Args:
        root: the folder.
        needles: the words.
        apart: a folder that is left out.
    """
    for path in sorted(root.rglob("*")):
        if path.is_symlink() or not path.is_file():
            continue
        if apart and path.is_relative_to(apart):
            continue
        found = next(_finds(path, needles), None)
        if found:
            yield Find(path, found)


def holds_any(path: Path, needles: Needles) -> bool:
    """Tell whether any of the words stands in a file."""
    return any(True for _ in _finds(path, needles))


def is_whole(data: bytes, needles: Needles) -> bool:
    """Tell whether any of the words stands alone in some bytes."""
    return any(True for _ in _whole(data, needles))


def _finds(path: Path, needles: Needles) -> Iterator[str]:
    """Yield the kinds of places in which a file holds any of the words."""
    with path.open("rb") as content:
        start = content.read(16)
        content.seek(0)
        yield from (f"byte {place}" for place in _in_stream(content, needles))
    if start.startswith(b"\x1f\x8b"):
        try:
            with gzip.open(path) as content:
                places = _in_stream(content, needles)
                yield from (f"byte {place} unpacked" for place in places)
        except (OSError, EOFError, zlib.error):
            return
    elif start.startswith(b"PK\x03\x04"):
        yield from _in_zip(path, needles)
    elif start.startswith(b"PAR1"):
        with duckdb.connect() as connection:
            yield from _in_table(connection, f"read_parquet('{path}')", needles)
    elif start[8:12] == b"DUCK":
        yield from _in_duckdb(path, needles)


def _in_stream(content: IO[bytes] | gzip.GzipFile, needles: Needles) -> Iterator[int]:
    rest, before = b"", 0
    while chunk := content.read(_CHUNK):
        data = rest + chunk
        for place in _whole(data, needles):
            yield before + place
        # One byte more on either side tells whether a word stands alone.
        rest = data[-(needles.longest + 3) :]
        before += len(data) - len(rest)


def _in_zip(path: Path, needles: Needles) -> Iterator[str]:
    try:
        with zipfile.ZipFile(path) as archive:
            for number, member in enumerate(archive.infolist(), 1):
                with archive.open(member) as content:
                    for place in _in_stream(content, needles):
                        yield f"member {number}, byte {place} unpacked"
    except (zipfile.BadZipFile, RuntimeError):
        return


def _in_duckdb(path: Path, needles: Needles) -> Iterator[str]:
    with duckdb.connect(str(path), read_only=True) as connection:
        tables = connection.execute(
            "select schema_name, table_name from duckdb_tables() where not internal "
            "order by all"
        ).fetchall()
        for schema, table in tables:
            relation = f"{identifier(schema)}.{identifier(table)}"
            for find in _in_table(connection, relation, needles):
                yield f"table {schema}.{table}, {find}"


def _in_table(
    connection: duckdb.DuckDBPyConnection, relation: str, needles: Needles
) -> Iterator[str]:
    names = [
        name
        for name, kind, *_ in connection.execute(
            f"describe select * from {relation}"
        ).fetchall()
        if kind.startswith(("VARCHAR", "JSON", "STRUCT", "MAP", "BLOB"))
        or kind.endswith("[]")
    ]
    if not names:
        return
    values = ", ".join(f"cast({identifier(name)} as varchar)" for name in names)
    reader = connection.sql(
        f"select concat_ws(chr(10), {values}) as text from {relation}"
    ).to_arrow_reader(100_000)
    row = 0
    for batch in reader:
        texts = batch.column(0)
        for place in sorted(needles.in_rows(texts)):
            if is_whole(str(texts[place]).encode(), needles):
                yield f"row {row + place + 1}"
        row += len(texts)


def _whole(data: bytes, needles: Needles) -> Iterator[int]:
    """Yield the places where a word stands alone."""
    for place, word in needles.find(data):
        end = place + len(needles.words[word].encode())
        before, after = data[max(place - 2, 0) : place], data[end : end + 2]
        if not _joins_before(before) and not _joins_after(after):
            yield place


def _joins_before(before: bytes) -> bool:
    if not before:
        return False
    if len(before) == 2 and before[0] == ord("\\") and before[1] in b"nrt":
        return False
    return before[-1] in _JOINS or before[-1] == _DOT


def _joins_after(after: bytes) -> bool:
    """Tell whether a word goes on; a full stop ends a sentence, not always a word."""
    if not after:
        return False
    if after[0] in (_DOT, _AT):
        return len(after) == 2 and after[1] in _JOINS
    return after[0] in _JOINS
