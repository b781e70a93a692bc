"""What the source YAML declares of every raw table, read from the dbt manifest.

Belongs here: the declaration and what can be wrong with it. Does not belong here: the
files and rows that it speaks of.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from orchestration.ingestion.origins import PostgresOrigin, postgres_origin
from orchestration.ingestion.rest_origin import RestOrigin, rest_origin

KINDS = ("file", "postgres", "rest")
FORMATS = ("csv", "jsonl", "parquet")
MODES = ("append", "upsert", "snapshot")

_FETCHED_FORMATS = {"postgres": PostgresOrigin.format, "rest": RestOrigin.format}
_SETTINGS = {"kind", "format", "mode", "key", "delimiter", "required"}
# What dbt keeps of a column; a mistyped data_type would make it a column of text.
_COLUMN_PROPERTIES = {
    "name", "description", "meta", "data_type", "constraints", "quote", "config",
    "tags", "granularity", "doc_blocks", "dimension",
}  # fmt: skip
_SETTINGS_OF_KIND = {
    "file": frozenset(),
    "postgres": PostgresOrigin.SETTINGS,
    "rest": RestOrigin.SETTINGS,
}
_ORIGINS: dict[str, Callable[..., PostgresOrigin | RestOrigin]] = {
    "postgres": postgres_origin,
    "rest": rest_origin,
}


class SourceDeclarationError(ValueError):
    """A source table is declared in a way that cannot be loaded."""


@dataclass(frozen=True)
class SourceTable:
    """One raw table: where its files land, how they read, what is expected in them."""

    system: str
    table: str
    format: str
    mode: str
    key: tuple[str, ...] = ()
    columns: Mapping[str, str] = field(default_factory=dict)
    """Declared columns and the type that staging casts each to."""
    date_formats: Mapping[str, str] = field(default_factory=dict)
    """Columns that declare how their dates are written, as `strptime` has it."""
    column_descriptions: Mapping[str, str] = field(default_factory=dict)
    description: str = ""
    required: bool = False
    """Whether a batch that fails its gate closes the whole raw layer."""
    retention_days: int | None = None
    """Days after its drop that a file's rows are kept; None keeps them for good."""
    delimiter: str = ","
    personal_columns: Mapping[str, str] = field(default_factory=dict)
    """Columns that bear `meta.pii`, and its class."""
    left_out: tuple[str, ...] = ()
    """Columns, and paths inside of their JSON, that are not loaded (leave_out)."""
    is_kept_on_erasure: bool = False
    """Whether rows of people who are erased stay as numbers (`meta.on_erasure`)."""
    kind: str = "file"
    origin: PostgresOrigin | RestOrigin | None = None
    """Where the files are fetched from; None if they are put into the folder."""

    @property
    def formats(self) -> tuple[str, ...]:
        """Formats of its files: what people drop, and what the connector lands."""
        fetched = [self.origin.format] if self.origin else []
        return tuple(dict.fromkeys([self.format, *fetched]))

    @property
    def marks_deletes(self) -> bool:
        """Whether rows that are gone at the source land as rows that say so."""
        return bool(self.origin and self.origin.deletes_every_hours is not None)

    @property
    def times(self) -> list[str]:
        """Columns that say when a row is of; a date of birth is none."""
        return [
            name
            for name, kind in self.columns.items()
            if kind.startswith(("timestamp", "date"))
            and name not in self.personal_columns
        ]

    @property
    def name(self) -> str:
        """`<system>.<table>`, as people say it."""
        return f"{self.system}.{self.table}"

    @property
    def schema(self) -> str:
        """Schema of the raw table."""
        return f"raw_{self.system}"

    @property
    def landing_folder(self) -> str:
        """Folder of its files, relative to landing/."""
        return f"{self.system}/{self.table}"


def source_tables(manifest: Mapping[str, Any]) -> list[SourceTable]:
    """Return the source tables, which are in a schema `raw_…`, sorted by name.

    Raises:
        SourceDeclarationError: a declaration is wrong; the message names the table,
            the setting and what may stand there.
    """
    tables = [
        _source_table(node, _meta(node).get("ingest"), _meta(node))
        for node in manifest["sources"].values()
        if "ingest" in _meta(node) or str(node.get("schema")).startswith("raw_")
    ]
    return sorted(tables, key=lambda source: source.name)


def _meta(node: Mapping[str, Any]) -> dict[str, Any]:
    """Merge what dbt keeps of `meta`: under config, beside it, or on the source."""
    return {
        **(node.get("source_meta") or {}),
        **(node.get("meta") or {}),
        **((node.get("config") or {}).get("meta") or {}),
    }


def _source_table(
    node: Mapping[str, Any], ingest: object, meta: Mapping[str, Any]
) -> SourceTable:
    system, table = node["source_name"], node["name"]

    def wrong(what: str) -> SourceDeclarationError:
        return SourceDeclarationError(
            f"Source {system}.{table} ({node.get('original_file_path', 'source YAML')})"
            f": {what}."
        )

    if not isinstance(ingest, Mapping):
        raise wrong(
            "config.meta.ingest must be a mapping of kind, format, mode and key"
        )
    kind = ingest.get("kind")
    settings = {"format": _FETCHED_FORMATS.get(str(kind)), **ingest}
    for setting, allowed in (("kind", KINDS), ("format", FORMATS), ("mode", MODES)):
        if settings.get(setting) not in allowed:
            raise wrong(
                f"meta.ingest.{setting} is {settings.get(setting)!r}, "
                f"it must be one of {', '.join(allowed)}"
            )
    if unknown := set(ingest) - _SETTINGS - _SETTINGS_OF_KIND[str(kind)]:
        raise wrong(
            f"meta.ingest of kind {kind} has unknown settings: "
            f"{', '.join(sorted(unknown))}"
        )
    schema, identifier = node.get("schema"), node.get("identifier", table)
    if schema != f"raw_{system}" or identifier != table:
        raise wrong(
            f"it points to {schema}.{identifier}, but its files are loaded to "
            f"raw_{system}.{table}; set `schema: raw_{system}` and no identifier"
        )

    columns = node["columns"]
    if not columns:
        raise wrong("it declares no columns")
    for name, column in columns.items():
        if odd := sorted(set(column) - _COLUMN_PROPERTIES):
            raise wrong(f"its column {name} has unknown properties: {', '.join(odd)}")
    key = ingest.get("key") or []
    key = tuple([key] if isinstance(key, str) else key)
    if not key and ingest["mode"] != "append":
        raise wrong(f"mode {ingest['mode']} needs meta.ingest.key, a list of columns")
    if missing := [name for name in key if name not in columns]:
        raise wrong(f"its key names undeclared columns: {', '.join(missing)}")
    if odd := [name for name in columns if name != name.lower() or name[0] == "_"]:
        raise wrong(
            "column names are lower case and do not begin with an underscore, "
            f"unlike {', '.join(odd)}"
        )
    retention_days = meta.get("retention_days")
    if retention_days is not None and ingest["mode"] != "append":
        raise wrong(
            f"meta.retention_days is for mode append; of mode {ingest['mode']} an old "
            "row may be what holds today"
        )
    if retention_days is not None and not (
        isinstance(retention_days, int) and retention_days > 0
    ):
        raise wrong("meta.retention_days must be a whole number of days, above nought")
    if meta.get("on_erasure", "keep") != "keep":
        raise wrong(
            f"meta.on_erasure is {meta['on_erasure']!r}, it must be 'keep' or left out"
        )
    left_out = meta.get("leave_out") or []
    if not isinstance(left_out, list) or not all(
        isinstance(path, str) and path.split(".")[0] in columns for path in left_out
    ):
        raise wrong(
            "meta.leave_out must be a list of declared columns, or of paths inside of "
            f"their JSON such as context.ip, not {left_out!r}"
        )
    if keys := sorted({path.split(".")[0] for path in left_out} & set(key)):
        raise wrong(f"meta.leave_out names the key: {', '.join(keys)}")
    delimiter = ingest.get("delimiter", ",")
    if not isinstance(delimiter, str) or len(delimiter) != 1 or delimiter in '"\r\n\0':
        raise wrong("meta.ingest.delimiter must be one character and no quote")
    try:
        origin = _ORIGINS[str(kind)](ingest, key) if kind in _ORIGINS else None
    except ValueError as error:
        raise wrong(str(error)) from error
    return SourceTable(
        system=system,
        table=table,
        format=settings["format"],
        mode=ingest["mode"],
        key=key,
        columns={name: c.get("data_type") or "varchar" for name, c in columns.items()},
        date_formats={
            name: written
            for name, column in columns.items()
            if (written := _meta(column).get("format"))
        },
        column_descriptions={
            name: column.get("description") or "" for name, column in columns.items()
        },
        description=node.get("description") or "",
        required=bool(ingest.get("required", meta.get("required", False))),
        retention_days=retention_days,
        delimiter=delimiter,
        personal_columns={
            name: pii
            for name, column in columns.items()
            if (pii := ((column.get("config") or {}).get("meta") or {}).get("pii"))
        },
        left_out=tuple(left_out),
        is_kept_on_erasure="on_erasure" in meta,
        kind=str(kind),
        origin=origin,
    )
