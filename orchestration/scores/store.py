"""Keeping what a model learnt in the schema `scores`, which marts read.

Belongs here: writing scores, the model's parameters and its figures in one transaction,
and telling whether anything has changed since. Does not belong here: learning.
"""

from __future__ import annotations

import json
from datetime import timedelta
from hashlib import sha256
from pathlib import Path

import duckdb
import yaml

from orchestration.clock import moment
from orchestration.scores.score import Learnt
from orchestration.warehouse import PROJECT_ROOT, transaction


def declaration(score: str) -> Path:
    """Return the file of the dbt project that declares the table of a score."""
    return PROJECT_ROOT / "models" / "scores" / f"{score}.yml"


def state_of(
    connection: duckdb.DuckDBPyConnection, tables: tuple[str, ...], code: str
) -> str:
    """Return a digest of what `tables` ('schema.name') hold, and of the code.

    It is of their rows and not of their versions: these are numbered in the order in
    which tables happen to be built, and so differ between two runs on the same files.
    Of a table whose rows nobody added up, it is of the version.
    """
    contents = connection.execute(
        """
        select
            table_schema || '.' || table_name as name,
            layout,
            cast(coalesce(checksum, version) as varchar) as content
        from ops.table_builds
        where list_contains($tables, table_schema || '.' || table_name)
        order by all
        """,
        {"tables": list(tables)},
    ).fetchall()
    return sha256(json.dumps([code, contents]).encode()).hexdigest()[:12]


def is_current(connection: duckdb.DuckDBPyConnection, score: str, state: str) -> bool:
    """Tell whether a score was learnt from just that."""
    return bool(
        connection.execute(
            "select 1 from ops.score_models where score = ? and trained_on = ?",
            [score, state],
        ).fetchall()
    )


def keep(
    connection: duckdb.DuckDBPyConnection, score: str, learnt: Learnt, state: str
) -> None:
    """Put the scores in place of those before, and the figures beside those before."""
    version = f"{learnt.as_of:%Y%m%d}-{state}"
    scores = learnt.scores  # noqa: F841, DuckDB reads it by name
    with transaction(connection):
        now = moment(connection)
        connection.execute("create schema if not exists scores")
        connection.execute(
            f"create or replace table scores.{score} ({_columns(score)})"
        )
        connection.execute(
            f"""
            insert into scores.{score} by name
            select
                $as_of as as_of,
                $model as model,
                $version as model_version,
                *
            from scores
            """,
            {"as_of": learnt.as_of, "model": learnt.model, "version": version},
        )
        connection.execute(
            "insert or replace into ops.score_models values (?, ?, ?, ?, ?, ?)",
            [score, learnt.model, version, now, state, json.dumps(learnt.parameters)],
        )
        holdout_from = learnt.as_of - timedelta(days=learnt.holdout_days)
        for found in learnt.measures:
            connection.execute(
                """
                insert or replace into ops.model_performance
                values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """,
                [
                    *(score, learnt.candidate, version),
                    *(holdout_from, learnt.as_of),
                    *(found.target, found.metric, found.cases, found.value),
                    *(learnt.baseline, found.baseline_value),
                    *(found.is_better, found.decides, now),
                ],
            )


def ensure_tables(connection: duckdb.DuckDBPyConnection) -> None:
    """Make the table of each declared score, empty, unless it is there as declared.

    That is what the macro ensure_scores does when dbt starts on DuckDB. Where dbt runs
    elsewhere the warehouse gets its tables by this.
    """
    connection.execute("create schema if not exists scores")
    for path in sorted(declaration("any").parent.glob("*.yml")):
        score, columns = path.stem, _columns(path.stem)
        connection.execute(f"create or replace temp table as_declared ({columns})")
        ((as_declared,),) = connection.execute(
            _IS_AS_DECLARED, {"score": score}
        ).fetchall()
        connection.execute("drop table as_declared")
        if not as_declared:
            connection.execute(f"create or replace table scores.{score} ({columns})")
            connection.execute("delete from ops.score_models where score = ?", [score])


_IS_AS_DECLARED = """
select
    (
        select list(column_name || ' ' || data_type order by column_index)
        from duckdb_columns()
        where database_name = 'temp' and table_name = 'as_declared'
    )
    is not distinct from (
        select list(column_name || ' ' || data_type order by column_index)
        from duckdb_columns()
        where
            database_name = current_database()
            and schema_name = 'scores'
            and table_name = $score
    )
"""


def _columns(score: str) -> str:
    """Return the declared columns of a score's table as DDL."""
    declared = yaml.safe_load(declaration(score).read_text(encoding="utf-8"))
    ((table,),) = (source["tables"] for source in declared["sources"])
    return ", ".join(f"{c['name']} {c['data_type']}" for c in table["columns"])
