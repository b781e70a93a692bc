"""Any table of people, read as the feeds that identity is made from.

Belongs here: which column of somebody's table is which column of the feeds, and the SQL
that reads it so. Does not belong here: what identity makes of them (trial.py).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import duckdb
import yaml

from orchestration.ingestion.sql import identifier

PROFILE_COLUMNS = (
    "given_name",
    "middle_name",
    "family_name",
    "full_name",
    "birth_date",
    "gender",
    "email",
    "phone",
    "street",
    "city",
    "region",
    "postal_code",
    "country_code",
    "company",
    "job_title",
)
IDENTIFIER_TYPES = ("email", "phone", "user_id", "loyalty_id", "social_handle")

_DATE_FORMATS = ["%Y-%m-%d", "%Y%m%d", "%d/%m/%Y", "%d.%m.%Y", "%Y/%m/%d"]


class PersonTableError(ValueError):
    """A table of people, its truth or its map cannot be used; the message says why."""


@dataclass(frozen=True)
class ColumnMap:
    """Which columns of a table tell what; a list of columns is joined to one text."""

    record_id: str = "record_id"
    source: str | None = None
    truth_id: str | None = None
    """Column of the truth that names the person; by default, its other column."""
    profile: dict[str, list[str]] = field(default_factory=dict)
    identifiers: dict[str, str] = field(default_factory=dict)
    date_formats: list[str] = field(default_factory=lambda: list(_DATE_FORMATS))
    """How birth dates are written (strptime), the first that fits."""

    @classmethod
    def read(cls, path: Path | None, columns: list[str]) -> ColumnMap:
        """Return the map of a YAML file, or one of columns named as the feeds' are.

        Raises:
            PersonTableError: the file is no such map, or names what is not there.
        """
        if path is None:
            named = {c: [c] for c in PROFILE_COLUMNS if c in columns}
            ids = {c: c for c in IDENTIFIER_TYPES if c in columns}
            source = "source" if "source" in columns else None
            found = cls(source=source, profile=named, identifiers=ids)
        else:
            found = cls._parsed(path)
        found._check(columns, path)
        return found

    @classmethod
    def _parsed(cls, path: Path) -> ColumnMap:
        try:
            told = yaml.safe_load(path.read_text(encoding="utf-8"))
        except yaml.YAMLError as error:
            raise PersonTableError(f"{path} is no YAML: {error}") from error
        known = set(cls.__dataclass_fields__)
        if not isinstance(told, dict) or set(told) - known:
            raise PersonTableError(
                f"{path} must be a map with some of {', '.join(sorted(known))}."
            )
        profile = {
            name: [columns] if isinstance(columns, str) else list(columns)
            for name, columns in (told.pop("profile", None) or {}).items()
        }
        return cls(profile=profile, **told)

    def _check(self, columns: list[str], path: Path | None) -> None:
        where = f" named by {path}" if path else ""
        asked = [self.record_id, *([self.source] if self.source else [])]
        asked += [c for names in self.profile.values() for c in names]
        asked += list(self.identifiers.values())
        if missing := sorted(set(asked) - set(columns)):
            raise PersonTableError(
                f"The records have no column {', '.join(missing)}{where}. They have "
                f"{', '.join(columns)}."
            )
        if unknown := sorted(set(self.profile) - set(PROFILE_COLUMNS)):
            raise PersonTableError(
                f"A profile has no {', '.join(unknown)}{where}; it has "
                f"{', '.join(PROFILE_COLUMNS)}."
            )
        if unknown := sorted(set(self.identifiers) - set(IDENTIFIER_TYPES)):
            raise PersonTableError(
                f"There is no identifier type {', '.join(unknown)}{where}; there are "
                f"{', '.join(IDENTIFIER_TYPES)}."
            )
        if not self.profile and not self.identifiers:
            raise PersonTableError(
                "No column of the records is named as a column of a profile is. Say "
                "with --map which is which."
            )


def table_of(path: Path) -> str:
    """Return SQL that reads a CSV or parquet file, all of a CSV as text.

    Raises:
        PersonTableError: it is neither, or not there.
    """
    if not path.is_file():
        raise PersonTableError(f"There is no file {path}.")
    quoted = str(path.resolve()).replace("'", "''")
    if path.suffix == ".parquet":
        return f"read_parquet('{quoted}')"
    if path.suffix in {".csv", ".tsv", ".gz"}:
        return f"read_csv('{quoted}', all_varchar = true)"
    raise PersonTableError(f"{path} is neither .parquet nor .csv.")


def columns_of(path: Path) -> list[str]:
    """Return the names of the columns of a CSV or parquet file."""
    described = duckdb.sql(f"describe select * from {table_of(path)}").fetchall()
    return [row[0] for row in described]


def record_key(names: ColumnMap) -> str:
    """Return SQL for the key of a record of the table."""
    source = (
        f"cast({identifier(names.source)} as varchar)" if names.source else "'table'"
    )
    return f"concat({source}, ':person:', {identifier(names.record_id)})"


def profiles_sql(path: Path, names: ColumnMap) -> str:
    """Return a dbt model that reads the table as the feed `profiles`."""
    told = {}
    for column, columns in names.profile.items():
        if column == "birth_date":
            told[column] = repr(_date(_joined(columns, "-"), names.date_formats))
        else:
            told[column] = _cleaned(column, _joined(columns, " "))
    return _feed_sql("profiles", path, names, told)


def identifiers_sql(path: Path, names: ColumnMap) -> str:
    """Return a dbt model that reads the table as the feed `identifiers`."""
    feeds = [
        _feed_sql(
            "identifiers",
            path,
            names,
            {
                "identifier_type": repr(f"'{kind}'"),
                "identifier_value": _cleaned(kind, _joined([column], "")),
            },
        )
        for kind, column in names.identifiers.items()
    ]
    return "\nunion all\n".join(feeds) or empty_feed_sql("identifiers")


def empty_feed_sql(feed: str) -> str:
    """Return a dbt model that is an empty feed."""
    return _columns_sql(feed, {}) + "\nwhere false"


def _cleaned(column: str, text: str) -> str:
    """Return the Jinja expression of a column as staging would clean it."""
    if column == "email":
        return f"clean_email({text!r})"
    if column.endswith("name"):
        return f"clean_name({text!r})"
    if column == "phone":
        digits = f"regexp_replace({text}, '[^0-9]', '', 'g')"
        return f"clean_text({digits!r})"
    return f"clean_text({text!r})"


def _feed_sql(feed: str, path: Path, names: ColumnMap, told: dict[str, str]) -> str:
    row = "lpad(cast(row_number() over () as varchar), 12, '0')"
    known = {"record_key": repr(record_key(names)), "source_row": repr(row)} | told
    return _columns_sql(feed, known) + "\nfrom " + table_of(path)


def _columns_sql(feed: str, told: dict[str, str]) -> str:
    """Return a select of all columns of a feed: those told, as Jinja, and nulls."""
    known = ", ".join(f"{name!r}: {value}" for name, value in told.items())
    return (
        f"{{% set told = {{{known}}} %}}\nselect\n"
        f"{{% for name, type in feed_columns('{feed}').items() %}}"
        "    cast({{ told.get(name, 'null') }} as {{ type }}) as {{ name }}"
        "{{ ',' if not loop.last }}\n{% endfor %}"
    )


def _joined(columns: list[str], between: str) -> str:
    """Return SQL of the columns as one text; the parts of a date with two digits."""
    texts = [f"cast({identifier(column)} as varchar)" for column in columns]
    if len(texts) == 1:
        return texts[0]
    if between == "-":
        texts = [
            f"case when length({text}) < 2 then '0' || {text} else {text} end"
            for text in texts
        ]
    return f"concat_ws('{between}', {', '.join(texts)})"


def _date(text: str, formats: list[str]) -> str:
    return f"cast(try_strptime({text}, {formats}) as date)"
