"""A text file as a stream of lines, cut at line feeds and at nothing else.

A CSV parser that meets a broken quote swallows what follows. So lines are cut before
anything is parsed: each byte of the file is in exactly one line, and each line in the
table `lines`, whatever stands in it.
"""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import BinaryIO, cast

import duckdb
import numpy as np
import pyarrow as pa

from orchestration.ingestion.staged import MAX_ROW_BYTES, RefusedFileError

_CHUNK_BYTES = 8 * 1024 * 1024
_MAX_LINE_BYTES = 256 * 1024 * 1024
_LINE_FEED = 10
_SCHEMA = pa.schema([("line", pa.int64()), ("bytes", pa.large_binary())])
_NOT_TEXT = {
    b"\x89PNG": "a PNG image",
    b"\xff\xd8\xff": "a JPEG image",
    b"GIF8": "a GIF image",
    b"%PDF": "a PDF document",
    b"PK\x03\x04": "a ZIP archive or an Excel workbook",
    b"PAR1": "a Parquet file",
    b"\x1f\x8b": "gzip data (a compressed file must be named .gz)",
    b"\xff\xfe": "text in UTF-16, not UTF-8",
    b"\xfe\xff": "text in UTF-16, not UTF-8",
}

_LONGEST_MAGIC = max(map(len, _NOT_TEXT))

READ_ERRORS = (OSError, EOFError, zlib.error)


class LineStream:
    """The lines of a file as Arrow batches; counts them and keeps a reading error.

    An exception that crossed DuckDB would abort the transaction of the whole batch, so
    the stream ends early instead and `check` raises.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.lines = 0
        self.error: Exception | None = None

    def reader(self) -> pa.RecordBatchReader:
        """Return the stream of (line, bytes), line ends included."""
        return pa.RecordBatchReader.from_batches(_SCHEMA, self._guarded())

    def check(self) -> None:
        """Refuse the file if it could not be read to its end.

        Raises:
            RefusedFileError: the compressed data is cut off or damaged.
            OSError: the file is gone or cannot be read.
        """
        if self.error is not None:
            raise _explained(self.error)

    def _guarded(self) -> Iterator[pa.RecordBatch]:
        try:
            with open_bytes(self.path) as content:
                yield from self._batches(content)
        except (*READ_ERRORS, RefusedFileError) as error:
            self.error = error

    def _batches(self, content: BinaryIO) -> Iterator[pa.RecordBatch]:
        rest = b""
        while chunk := content.read(_CHUNK_BYTES):
            buffer = np.frombuffer(rest + chunk, np.uint8)
            ends = np.flatnonzero(buffer == _LINE_FEED) + 1
            cut = int(ends[-1]) if len(ends) else 0
            rest = buffer[cut:].tobytes()
            if len(rest) > _MAX_LINE_BYTES:
                raise RefusedFileError(
                    f"has more than {_MAX_LINE_BYTES >> 20} MB without a line end "
                    f"after line {self.lines + len(ends)}"
                )
            if len(ends):
                yield self._batch(buffer, np.concatenate([[0], ends]))
        if rest:
            buffer = np.frombuffer(rest, np.uint8)
            yield self._batch(buffer, np.array([0, len(rest)]))

    def _batch(self, buffer: np.ndarray, offsets: np.ndarray) -> pa.RecordBatch:
        count = len(offsets) - 1
        numbers = np.arange(self.lines + 1, self.lines + count + 1)
        self.lines += count
        lines = pa.Array.from_buffers(
            pa.large_binary(),
            count,
            [None, pa.py_buffer(offsets.astype(np.int64)), pa.py_buffer(buffer)],
        )
        return pa.record_batch([pa.array(numbers), lines], schema=_SCHEMA)


class LinesAtHand:
    """Lines of a file that were read before, by their numbers, as a stream of these."""

    def __init__(self, lines: Mapping[int, bytes]) -> None:
        self.lines = lines

    def reader(self) -> pa.RecordBatchReader:
        """Return the stream of (line, bytes)."""
        numbers = pa.array(self.lines.keys(), pa.int64())
        content = pa.array(self.lines.values(), pa.large_binary())
        batch = pa.record_batch([numbers, content], schema=_SCHEMA)
        return pa.RecordBatchReader.from_batches(_SCHEMA, [batch])

    def check(self) -> None:
        """Find nothing wrong: they were read."""


def open_bytes(path: Path) -> BinaryIO:
    """Open a file for reading, decompressed when its name ends in .gz."""
    if path.suffix.lower() == ".gz":
        return cast(BinaryIO, gzip.open(path, "rb"))
    return path.open("rb")


def first_line(path: Path) -> tuple[bytes, int]:
    """Return the first line that is not blank and its number; empty and 0 if none.

    Raises:
        RefusedFileError: the file is no text, or damaged.
        OSError: the file is gone or cannot be read.
    """
    try:
        with open_bytes(path) as content:
            _refuse_binary(content.read(_LONGEST_MAGIC))
            content.seek(0)
            number = 1
            while line := content.readline(MAX_ROW_BYTES):
                if line.strip():
                    return line, number
                # A longer line comes in pieces; only the last one ends it.
                number += line.endswith(b"\n")
    except READ_ERRORS as error:
        raise _explained(error) from error
    return b"", 0


def land_lines(
    connection: duckdb.DuckDBPyConnection, stream: LineStream | LinesAtHand, sql: str
) -> None:
    """Create the temporary table `lines` by `sql`, a query over `decoded`.

    `decoded` has `line`, `text` (line ends included) and `problem`, null unless the
    bytes are no text that can be kept; then `text` shows them with escapes.
    """
    connection.register("incoming", stream.reader())
    try:
        connection.execute(
            f"""
            create or replace temp table lines as
            with

            incoming_text as (

                select
                    line,
                    bytes,
                    octet_length(bytes) as size,
                    try(decode(bytes)) as text
                from incoming

            ),

            judged as (

                select
                    *,
                    case
                        when size > {MAX_ROW_BYTES}
                            then 'has ' || size || ' bytes; at most {MAX_ROW_BYTES} '
                                || 'are allowed'
                        when text is null then 'is not valid UTF-8'
                        when contains(text, chr(0)) then 'contains NUL bytes'
                    end as problem
                from incoming_text

            ),

            decoded as (

                select
                    line,
                    problem,
                    case
                        when problem is null then text
                        else regexp_replace(
                            replace(cast(bytes as varchar), '\\x22', '"'),
                            '(\\\\x0D)*(\\\\x0A)?$',
                            ''
                        )
                    end as text
                from judged

            )

            {sql}
            """
        )
    finally:
        connection.unregister("incoming")


def _refuse_binary(head: bytes) -> None:
    for magic, kind in _NOT_TEXT.items():
        if head.startswith(magic):
            raise RefusedFileError(f"is {kind}")


def _explained(error: Exception) -> Exception:
    if isinstance(error, EOFError):
        return RefusedFileError("has gzip data that is cut off; send it again")
    if isinstance(error, (gzip.BadGzipFile, zlib.error)):
        return RefusedFileError(f"has damaged gzip data ({error}); send it again")
    return error
