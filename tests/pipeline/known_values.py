"""What the sample world knows of its people, looked for in a file of tables."""

from __future__ import annotations

from pathlib import Path

import duckdb

from orchestration.warehouse import DataDir

_KNOWN = """
create table known as
with

told as (

    select unnest(emails) as word from {people}
    union all
    select family_email as word from {people}
    union all
    select unnest(phones) as word from {people}
    union all
    select street as word from {people}
    union all
    select postal_code as word from {people}
    union all
    select cast(birth_date as varchar) as word from {people}
    where birth_date <> date_trunc('year', birth_date)
    union all
    select concat_ws(' ', given_name, family_name) as word from {people}
    union all
    select given_name as word from {people}
    union all
    select family_name as word from {people}
    union all
    select record_key as word from {records}
    union all
    select regexp_extract(record_key, '^[^:]+:[^:]+:(.*)$', 1) as word from {records}

)

select distinct lower(word) as word
from told
where word <> ''
"""


def columns_that_name_people(path: Path, data: DataDir) -> dict[str, str]:
    """Return the columns of a release that hold a known value, with one of these.

    A value of eight characters or more counts inside of a longer text, too.
    """
    with duckdb.connect() as connection:
        connection.execute(f"attach '{path}' as release (read_only)")
        connection.execute(
            _KNOWN.format(
                people=f"'{data.truth / 'people.parquet'}'",
                records=f"'{data.truth / 'person_records.parquet'}'",
            )
        )
        columns = connection.execute(
            "select schema_name || '.' || table_name, column_name "
            "from duckdb_columns() where database_name = 'release' "
            "and data_type not in ('BOOLEAN', 'BIGINT', 'INTEGER') order by all"
        ).fetchall()
        connection.execute(
            "create table held as "
            + " union all ".join(
                f"select '{table}.{column}' as place, lower(said) as said from "
                f'(select distinct cast("{column}" as varchar) as said '
                f"from release.{table}) where said is not null"
                for table, column in columns
            )
        )
        found = connection.execute(
            """
            with

            texts as (

                select distinct
                    said,
                    unnest(
                        list_append(
                            regexp_extract_all(said, '[^\\s"{}\\[\\],]+'), said
                        )
                    ) as word
                from held

            ),

            named as (

                select
                    texts.said,
                    known.word
                from texts
                inner join known on texts.word = known.word
                where texts.said = texts.word or length(texts.word) >= 8

            )

            select
                held.place,
                min(named.word)
            from held
            inner join named on held.said = named.said
            group by held.place
            """
        ).fetchall()
    return dict(found)
