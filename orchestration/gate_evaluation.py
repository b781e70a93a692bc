"""Great Expectations over tables of the warehouse, as SQL that runs inside DuckDB.

Belongs here: turning expectations into findings. Does not belong here: which tables are
judged, and what a finding means for a gate (`gates.py`).
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

if TYPE_CHECKING:
    from great_expectations.core import ExpectationValidationResult
    from great_expectations.execution_engine import SqlAlchemyExecutionEngine
    from great_expectations.expectations.expectation import Expectation

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


@dataclass(frozen=True)
class Finding:
    """How one expectation fared on one version of a table."""

    expectation: str
    column_name: str | None
    severity: str
    passed: bool
    rows_checked: int | None
    rows_failed: int | None
    observed: str | None
    examples: str | None
    reason: str | None


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
    validator = _validator(engine, target)
    counts = _validate(
        validator, dict(enumerate(suite)), result_format="BASIC", examples=0
    )
    failed = {
        number: suite[number]
        for number, result in counts.items()
        if not result.success and not _error_of(result)
    }
    shown = _examples(validator, failed, target.key) if failed else {}
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
        words = _WORDS[configuration.type].format(range=_range(kwargs), **kwargs)
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


def _validator(engine: SqlAlchemyExecutionEngine, target: Target) -> Any:
    from great_expectations.core.batch import Batch
    from great_expectations.execution_engine.sqlalchemy_batch_data import (
        SqlAlchemyBatchData,
    )
    from great_expectations.validator.validator import Validator

    rows = sa.select(sa.text("*")).select_from(
        sa.table(target.name, schema=target.schema)
    )
    if target.batch_id is not None:
        rows = rows.where(sa.column("_batch_id") == target.batch_id)
    # Batch declares that it takes the class, and takes an object of it.
    data: Any = SqlAlchemyBatchData(
        execution_engine=engine,
        selectable=rows,
        create_temp_table=False,
        source_schema_name=target.schema,
        source_table_name=sa.sql.quoted_name(target.name, quote=True),
    )
    validator = Validator(execution_engine=engine, batches=[Batch(data=data)])
    validator.metrics_calculator.show_progress_bars = False
    return validator


def _validate(
    validator: Any,
    suite: Mapping[int, Expectation],
    *,
    result_format: str,
    examples: int = EXAMPLES,
    key: Sequence[str] = (),
) -> dict[int, ExpectationValidationResult]:
    """Validate in one call; results come in any order, so each bears its number."""
    configurations = []
    for number, expectation in suite.items():
        configuration = expectation.configuration
        configuration.id = str(number)
        configurations.append(configuration)
    settings: dict[str, Any] = {
        "result_format": result_format,
        "partial_unexpected_count": examples,
    }
    if key:
        settings["unexpected_index_column_names"] = list(key)
    results = validator.graph_validate(
        configurations=configurations,
        runtime_configuration={"result_format": settings},
    )
    return {int(result.expectation_config.id): result for result in results}


def _examples(
    validator: Any,
    failed: Mapping[int, Expectation],
    key: Sequence[str],
) -> dict[int, list[Any]]:
    # Only the format COMPLETE gives the rows of a query, of which it fetches few; of a
    # column it would fetch every failing value.
    queries = {n: e for n, e in failed.items() if hasattr(e, "unexpected_rows_query")}
    others = {n: e for n, e in failed.items() if n not in queries}
    results: dict[int, ExpectationValidationResult] = {}
    if queries:
        results |= _validate(validator, queries, result_format="COMPLETE")
    if others:
        results |= _validate(validator, others, result_format="SUMMARY", key=key)
    return {number: _rows(result.result) for number, result in results.items()}


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
    result: ExpectationValidationResult,
    examples: list[Any] | None,
) -> Finding:
    kwargs = expectation.configuration.kwargs
    columns = kwargs.get("column_list") or [
        kwargs[name] for name in ("column", "column_A", "column_B") if name in kwargs
    ]
    error = _error_of(result)
    outcome = result.result or {}
    failed = outcome.get("unexpected_count")
    if hasattr(expectation, "unexpected_rows_query"):
        failed = outcome.get("observed_value")
    return Finding(
        expectation=describe(expectation),
        column_name=", ".join(columns) or None,
        # What cannot be evaluated proves nothing, so it stops whatever its severity.
        severity="error" if error else _severity(expectation),
        passed=bool(result.success) and not error,
        rows_checked=outcome.get("element_count"),
        rows_failed=failed,
        observed=_observed(outcome),
        examples=json.dumps(examples, default=str) if examples else None,
        reason=f"It could not be evaluated: {error}"
        if error
        else (expectation.meta or {}).get("reason"),
    )


def _severity(expectation: Expectation) -> str:
    severity = getattr(expectation.severity, "value", expectation.severity)
    return "error" if severity in (None, "critical") else "warning"


def _observed(outcome: Mapping[str, Any]) -> str | None:
    mismatched = (outcome.get("details") or {}).get("mismatched")
    if isinstance(mismatched, dict) and mismatched.get("missing"):
        return "missing: " + ", ".join(mismatched["missing"])
    value = outcome.get("observed_value")
    return None if value is None else str(value)[:500]


def _error_of(result: ExpectationValidationResult) -> str | None:
    """Return the first line of what broke the evaluation, if anything did."""
    info = result.exception_info or {}
    broken = [info, *(part for part in info.values() if isinstance(part, dict))]
    for part in broken:
        if part.get("raised_exception"):
            lines = str(part.get("exception_message") or "").strip().splitlines()
            return lines[0][:500] if lines else "no message"
    return None
