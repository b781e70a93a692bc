"""Writing landing files: one row of a query is one line of a file.

DuckDB makes the text of every line, Python only passes the bytes on, so that the cost
per row stays in C. A file appears under its final name only when it is whole.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import duckdb
import pyarrow as pa
from isal import isal_zlib

from orchestration.universe import dirt
from orchestration.universe.world import Chunk, Drop

_BATCH_ROWS = 8192
_NEWLINE = b"\n"


@dataclass
class Landing:
    """The landing folder as one chunk of one drop sees it."""

    root: Path
    drop: Drop
    chunk: Chunk
    rows: dict[str, int] = field(default_factory=dict)
    planted: dict[str, dict[str, int]] = field(default_factory=dict)

    @property
    def is_first(self) -> bool:
        """Whether this chunk brings what belongs to no chunk of people."""
        return self.chunk.number == 0

    def path(self, system: str, table: str, extension: str) -> Path:
        """Return the final path of this drop's file of a table."""
        number = self.chunk.number
        part = f"_{number:03d}" if number else ""
        name = f"{self.drop.dropped_on}{part}.{extension}"
        return self.root / system / table / name

    def csv(
        self, con: duckdb.DuckDBPyConnection, system: str, table: str, query: str
    ) -> None:
        """Write a query as CSV; its column names are the header."""
        result = con.sql(query)
        header = ",".join(_quoted(name) for name in result.columns)
        fields = ", ".join(
            f'csv_field("{name}")' if kind == "VARCHAR" else f'csv_value("{name}")'
            for name, kind in zip(result.columns, result.types, strict=True)
        )
        lines = f"select concat_ws(',', {fields}) || chr(10) from ({query})"
        self._write(con, system, table, "csv", lines, f"{header}\n".encode())

    def jsonl(
        self,
        con: duckdb.DuckDBPyConnection,
        system: str,
        table: str,
        query: str,
        extension: str = "jsonl",
        json_text: tuple[str, ...] = (),
        plain: tuple[str, ...] = (),
        filled: tuple[str, ...] = (),
    ) -> None:
        """Write a query as newline-delimited JSON, gzipped when the name ends so.

        What is known of columns spares the big tables most of the work: those in
        `json_text` hold JSON as text already, those in `plain` hold text with nothing
        to escape, and those in `filled` such text and never null. The others, one at
        least, are converted by their type.
        """
        parts, typed = [], []
        for name in con.sql(query).columns:
            if name in json_text:
                parts.append(f"""'"{name}":', coalesce("{name}", 'null'), ','""")
            elif name in filled:
                parts.append(f"""'"{name}":"', "{name}", '",'""")
            elif name in plain:
                text = f"""concat('"{name}":"', "{name}", '",')"""
                parts.append(f"""if("{name}" is null, '"{name}":null,', {text})""")
            else:
                typed.append(f'"{name}"')
        # The object of the typed columns closes the line, without its first brace.
        rest = f"substr(to_json(struct_pack({', '.join(typed)})), 2)"
        line = ", ".join(["'{'", *parts, rest, "chr(10)"])
        lines = f"select concat({line}) from ({query})"
        self._write(con, system, table, extension, lines, b"")

    def parquet(
        self, con: duckdb.DuckDBPyConnection, system: str, table: str, query: str
    ) -> None:
        """Write a query as Parquet."""
        path = self.path(system, table, "parquet")
        partial = _partial(path)
        con.execute(f"copy ({query}) to '{partial}' (format parquet, codec zstd)")
        count = con.execute("select count(*) from read_parquet(?)", [str(partial)])
        self._finish(partial, path, f"{system}/{table}", count.fetchall()[0][0])

    def _write(
        self,
        con: duckdb.DuckDBPyConnection,
        system: str,
        table: str,
        extension: str,
        lines: str,
        header: bytes,
    ) -> None:
        path = self.path(system, table, extension)
        name = f"{system}/{table}"
        partial = _partial(path)
        # zlib would take as long to pack the text as DuckDB takes to make it.
        pack = isal_zlib.compressobj(1, wbits=31) if extension.endswith("gz") else None
        plant = self.drop.day is None and self.is_first
        rows = 0
        with partial.open("wb") as file:

            def put(data: bytes | memoryview) -> None:
                file.write(pack.compress(data) if pack else data)

            put(header)
            for count, text in _line_batches(con, lines):
                if rows == 0 and plant:
                    kinds = dirt.planted_in(name, count)
                    first = bytes(text[: _line_end(text)])
                    for line in dirt.lines(kinds, first, header):
                        put(line)
                    if kinds:
                        self.planted[str(path.relative_to(self.root))] = kinds
                        rows += sum(kinds.values())
                put(text)
                rows += count
            if pack:
                file.write(pack.flush())
        self._finish(partial, path, name, rows)

    def _finish(self, partial: Path, path: Path, name: str, rows: int) -> None:
        if rows:
            partial.rename(path)
            self.rows[name] = self.rows.get(name, 0) + rows
        else:
            partial.unlink()


def add_macros(con: duckdb.DuckDBPyConnection) -> None:
    """Create the macros that the writers of lines use."""
    con.execute(
        """
        create macro csv_value(value) as coalesce(cast(value as varchar), '');
        create macro csv_field(value) as case
            when value is null then ''
            when contains(value, ',') or contains(value, '"')
                or contains(value, chr(10)) or contains(value, chr(13))
                then concat('"', replace(value, '"', '""'), '"')
            else value
        end;
        -- A purchase has five lines at most; this is many times faster than list().
        create macro joined_lines(line_no, text) as concat_ws(
            ',',
            max(text) filter (where line_no = 1),
            max(text) filter (where line_no = 2),
            max(text) filter (where line_no = 3),
            max(text) filter (where line_no = 4),
            max(text) filter (where line_no = 5)
        );
        create macro iso(moment) as strftime(moment, '%Y-%m-%dT%H:%M:%SZ');
        create macro iso_ms(moment) as strftime(moment, '%Y-%m-%dT%H:%M:%S.%gZ');
        create macro money(amount) as cast(round(amount, 2) as decimal(18, 2));
        create macro shelf_price(price, price_level) as
            round(price * price_level, if(price_level >= 100, 0, 2));
        create macro price_text(amount) as
            cast(cast(round(amount, 2) as decimal(18, 2)) as varchar);
        """
    )


def _line_batches(
    con: duckdb.DuckDBPyConnection, query: str
) -> Iterator[tuple[int, memoryview]]:
    reader = con.sql(query).to_arrow_reader(_BATCH_ROWS)
    for batch in reader:
        lines = batch.column(0).cast(pa.large_string())
        if len(lines):
            _, offsets, data = lines.buffers()
            bounds = memoryview(offsets).cast("q")
            start, stop = bounds[lines.offset], bounds[lines.offset + len(lines)]
            yield len(lines), memoryview(data)[start:stop]


def _line_end(text: memoryview) -> int:
    return bytes(text[:100_000]).find(_NEWLINE) + 1


def _partial(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    return path.with_name(path.name + ".tmp")


def _quoted(name: str) -> str:
    return f'"{name}"' if "," in name else name
