"""One expectation of our own: few rows, or none, are found by a query over the table.

`UnexpectedRowsExpectation` runs its query twice, each time on its own. This one counts
in the one SELECT that Great Expectations bundles for a table, and queries the rows only
to show them. Imports Great Expectations, so import this module inside functions only.
"""

from __future__ import annotations

from typing import Any, ClassVar

import sqlalchemy as sa
from great_expectations.core.metric_domain_types import MetricDomainTypes
from great_expectations.core.metric_function_types import MetricPartialFunctionTypes
from great_expectations.execution_engine import (
    ExecutionEngine,
    SqlAlchemyExecutionEngine,
)
from great_expectations.expectations.core import UnexpectedRowsExpectation
from great_expectations.expectations.metrics.metric_provider import metric_partial
from great_expectations.expectations.metrics.query_metric_provider import (
    QueryMetricProvider,
)
from great_expectations.expectations.metrics.table_metric_provider import (
    TableMetricProvider,
)
from great_expectations.validator.validator import ValidationDependencies

_ROWS = "unexpected_rows_query.table"
_COUNT = "table.rows_counted"


class TableRowsCounted(QueryMetricProvider):
    """What an SQL aggregate over the table counts; `{batch}` in it is the table."""

    metric_name = _COUNT
    domain_keys: tuple[str, ...] = TableMetricProvider.domain_keys  # type: ignore[assignment]
    value_keys = ("counted_by",)

    @metric_partial(
        engine=SqlAlchemyExecutionEngine,
        partial_fn_type=MetricPartialFunctionTypes.AGGREGATE_FN,
        domain_type=MetricDomainTypes.TABLE,
    )
    def _sqlalchemy(
        cls,  # noqa: N805 -- its metaclass makes it a class method
        execution_engine: SqlAlchemyExecutionEngine,
        metric_domain_kwargs: dict[str, Any],
        metric_value_kwargs: dict[str, Any],
        **_: object,
    ) -> tuple[sa.ColumnElement[int], dict[str, Any], dict[str, Any]]:
        batch, _compute, _accessor = execution_engine.get_compute_domain(
            metric_domain_kwargs, domain_type=MetricDomainTypes.TABLE
        )
        count = cls._get_substituted_batch_subquery_from_query_and_batch_selectable(
            query=metric_value_kwargs["counted_by"],
            batch_selectable=batch,
            execution_engine=execution_engine,
        )
        # A count by a subquery alone would be returned once for every row of the table.
        return sa.literal_column(f"{count} + 0 * count(*)"), metric_domain_kwargs, {}


class ExpectFewUnexpectedRows(UnexpectedRowsExpectation):
    """Expect a query over the table to find no rows, or few.

    Args:
        unexpected_rows_query: finds the rows to show; `{batch}` is the table.
        counted_by: the SQL aggregate over the table that counts these rows.
        share: of the rows of the table that may be found.
        of_table: whether the rows found are rows of the table, which many of all are.
        column_list: the columns that the expectation is about, if it is about any.
    """

    counted_by: str
    share: float = 0
    of_table: bool = True
    column_list: list[str] | None = None

    metric_dependencies: ClassVar[tuple[str, ...]] = ("table.row_count", _COUNT, _ROWS)
    success_keys: ClassVar[tuple[str, ...]] = (
        "unexpected_rows_query",
        "counted_by",
        "share",
    )

    def get_validation_dependencies(
        self,
        execution_engine: ExecutionEngine[Any] | None = None,
        runtime_configuration: dict[str, Any] | None = None,
    ) -> ValidationDependencies:
        """Ask for the rows only when they are to be shown."""
        wanted = super().get_validation_dependencies(
            execution_engine, runtime_configuration
        )
        if wanted.result_format["result_format"] != "COMPLETE":
            wanted.remove_metric_configuration(_ROWS)
        return wanted

    def _validate(
        self,
        metrics: dict[str, Any],
        runtime_configuration: dict[str, Any] | None = None,
        execution_engine: ExecutionEngine[Any] | None = None,
    ) -> dict[str, Any]:
        rows, found = metrics["table.row_count"], metrics[_COUNT] or 0
        return {
            "success": found <= self.share * rows,
            "result": {
                "element_count": rows if self.of_table else None,
                "unexpected_count": found,
                "details": {"unexpected_rows": metrics.get(_ROWS, [])},
            },
        }
