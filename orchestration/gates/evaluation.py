"""Great Expectations over tables of the warehouse, as SQL that runs inside DuckDB.

Belongs here: turning expectations into findings. Does not belong here: which tables are
judged, and what a finding means for a gate (`judging.py`).
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from orchestration.gates.finding import Finding

if TYPE_CHECKING:
    from great_expectations.execution_engine import SqlAlchemyExecutionEngine
    from great_expectations.expectations.expectation import Expectation

    from orchestration.gates.gx_validation import Outcome

EXAMPLES = 20

# What the rules that come from the YAML, and the most used others, say to a reader.
_WORDS = {
    "expect_column_values_to_not_be_null": "is never empty",
    "expect_column_values_to_be_unique": "is unique",
    "expect_compound_columns_to_be_unique": "are unique together",
    "expect_column_values_to_be_castable": "can be read as {data_type}",
    "expect_column_values_to_be_in_set": "is one of {value_set}",
    "expect_column_values_to_match_regex": "matches {regex}",
    "expect_column_values_to_be_between": "is {range}",
    "expect_table_row_count_to_be_between": "the number of rows is {range}",
    "expect_table_columns_to_match_set": "has every declared column",
}
_NOT_SAID = ("column", "mostly", "batch_id", "unexpected_rows_query", "row_condition")


@dataclass(frozen=True)
class Target:
    """The rows to judge: a table, or those of its rows that one batch loaded."""

    schema: str
    name: str
    key: Sequence[str] = ()
    batch_id: str | None = None


def evaluate(
    engine: SqlAlchemyExecutionEngine, target: Target, suite: Sequence[Expectation]
) -> list[Finding]:
    """Evaluate a suite, counting first and fetching examples of what failed only.

    Raises:
        ValueError: the suite is empty, and nothing must pass unjudged.
    """
    if not suite:
        raise ValueError(
            f"Nothing is expected of {target.schema}.{target.name}. Declare its key in "
            "the YAML, or add it to a module of expectations/."
        )
    from orchestration.gates.gx_validation import validate

    _load(engine, target)
    counts = validate(
        engine,
        dict(enumerate(suite)),
        computed={"result_format": "BOOLEAN_ONLY"},
        told={"result_format": "BASIC"},
    )
    failed = {
        number: suite[number]
        for number, outcome in counts.items()
        if not outcome.success and not outcome.error
    }
    shown = _examples(engine, failed, target.key) if failed else {}
    return [
        _finding(expectation, counts[number], shown.get(number))
        for number, expectation in enumerate(suite)
    ]


def describe(expectation: Expectation) -> str:
    """Say an expectation in words, of which its column is the subject."""
    if expectation.description:
        return expectation.description
    configuration = expectation.configuration
    kwargs = configuration.kwargs
    if configuration.type in _WORDS:
        told = {**kwargs, "value_set": _listed(kwargs.get("value_set"))}
        words = _WORDS[configuration.type].format(range=_range(kwargs), **told)
    else:
        words = configuration.type.removeprefix("expect_").replace("_", " ")
        settings = [
            f"{name} {value}"
            for name, value in kwargs.items()
            if name not in _NOT_SAID and value not in (None, False)
        ]
        words = ": ".join([words, ", ".join(settings)]) if settings else words
    mostly = kwargs.get("mostly", 1)
    return words if mostly == 1 else f"{words}, in {100 * mostly:.4g} % of the rows"


def _range(kwargs: Mapping[str, Any]) -> str:
    low, high = kwargs.get("min_value"), kwargs.get("max_value")
    if low is None or high is None:
        return f"{high} or less" if low is None else f"{low} or more"
    return f"between {low} and {high}"


def _listed(values: Sequence[Any] | None) -> str:
    return ", ".join(map(str, values or ()))


def _load(engine: SqlAlchemyExecutionEngine, target: Target) -> None:
    """Make the rows to judge the one batch that the engine holds."""
    from great_expectations.execution_engine.sqlalchemy_batch_data import (
        SqlAlchemyBatchData,
    )

    rows = sa.select(sa.text("*")).select_from(
        sa.table(target.name, schema=target.schema)
    )
    if target.batch_id is not None:
        rows = rows.where(sa.column("_batch_id") == target.batch_id)
    data = SqlAlchemyBatchData(
        execution_engine=engine,
        selectable=rows,
        create_temp_table=False,
        source_schema_name=target.schema,
        source_table_name=sa.sql.quoted_name(target.name, quote=True),
    )
    engine.load_batch_data(f"{target.schema}.{target.name}", data)


def _examples(
    engine: SqlAlchemyExecutionEngine,
    failed: Mapping[int, Expectation],
    key: Sequence[str],
) -> dict[int, Outcome]:
    """Fetch a few rows of what failed; a count that stands is not undone by these."""
    from orchestration.gates.gx_validation import validate

    # Only the format COMPLETE gives the rows of a query, of which it fetches few; of a
    # column it would fetch every failing value.
    complete = {"result_format": "COMPLETE"}
    summary: dict[str, Any] = {
        "result_format": "SUMMARY",
        "partial_unexpected_count": EXAMPLES,
    }
    if key:
        summary["unexpected_index_column_names"] = list(key)
    queries = {n: e for n, e in failed.items() if hasattr(e, "unexpected_rows_query")}
    others = {n: e for n, e in failed.items() if n not in queries}
    outcomes = validate(engine, queries, computed=complete, told=complete)
    return outcomes | validate(engine, others, computed=summary, told=summary)


def _rows(result: Mapping[str, Any]) -> list[Any]:
    details = result.get("details") or {}
    rows = (
        result.get("partial_unexpected_index_list")
        or details.get("unexpected_rows")
        or result.get("partial_unexpected_list")
        or []
    )
    return list(rows)[:EXAMPLES]


def _finding(
    expectation: Expectation,
    outcome: Outcome,
    shown: Outcome | None,
) -> Finding:
    kwargs = expectation.configuration.kwargs
    columns = kwargs.get("column_list") or [
        kwargs[name] for name in ("column", "column_A", "column_B") if name in kwargs
    ]
    error, result = outcome.error, outcome.result
    failed = result.get("unexpected_count")
    if failed is None and hasattr(expectation, "unexpected_rows_query"):
        failed = result.get("observed_value")
    examples = _rows(shown.result) if shown else []
    reason = (expectation.meta or {}).get("reason")
    if error:
        reason = f"It could not be evaluated: {error}"
    elif shown and shown.error:
        why = [reason] if reason else []
        reason = " ".join([*why, f"The rows could not be shown: {shown.error}"])
    return Finding(
        expectation=describe(expectation),
        column_name=", ".join(columns) or None,
        # What cannot be evaluated proves nothing, so it stops whatever its severity.
        severity="error" if error else _severity(expectation),
        passed=outcome.success,
        rows_checked=result.get("element_count"),
        rows_failed=failed,
        observed=_said(examples) or _observed(result),
        examples=json.dumps(examples, default=str) if examples else None,
        reason=reason,
    )


def _severity(expectation: Expectation) -> str:
    severity = getattr(expectation.severity, "value", expectation.severity)
    return "error" if severity in (None, "critical") else "warning"


def _said(examples: list[Any]) -> str | None:
    """Return what a query says in so many words, in a column of that name."""
    rows = [row for row in examples if isinstance(row, dict)]
    said = dict.fromkeys(row["said"] for row in rows if "said" in row)
    return "; ".join(said) or None


def _observed(result: Mapping[str, Any]) -> str | None:
    mismatched = (result.get("details") or {}).get("mismatched")
    if isinstance(mismatched, dict) and mismatched.get("missing"):
        return "missing: " + ", ".join(mismatched["missing"])
    value = result.get("observed_value")
    return None if value is None else str(value)[:500]
