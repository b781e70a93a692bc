"""One expectation of our own: text can be cast to the type that its column declares.

Imports Great Expectations, so import this module inside functions only. The cast is the
one of `macros/cross_db/cast_raw.sql`: what staging could not cast is what fails here.
"""

from __future__ import annotations

from typing import Any, ClassVar

import sqlalchemy as sa
from great_expectations.execution_engine import SqlAlchemyExecutionEngine
from great_expectations.expectations.expectation import ColumnMapExpectation
from great_expectations.expectations.metrics import (
    ColumnMapMetricProvider,
    column_condition_partial,
)
from sqlalchemy.types import UserDefinedType


class _DeclaredType(UserDefinedType[Any]):
    """A type by the name that the source YAML gives it, as `decimal(18,2)`."""

    cache_ok = True

    def __init__(self, name: str) -> None:
        self.name = name

    def get_col_spec(self, **_: object) -> str:
        return self.name


class ColumnValuesCastable(ColumnMapMetricProvider):
    """True for blank text and for text that is a value of the declared type."""

    condition_metric_name = "column_values.castable"
    condition_value_keys = ("data_type", "date_format")

    @column_condition_partial(engine=SqlAlchemyExecutionEngine)
    def _sqlalchemy(
        cls,  # noqa: N805 -- the decorator makes it a class method
        column: sa.ColumnElement[str],
        data_type: str,
        date_format: str | None = None,
        **_: object,
    ) -> sa.ColumnElement[bool]:
        text = sa.func.nullif(sa.func.trim(column), sa.literal(""))
        if data_type == "json":
            # The cast says the same, but it and `trim` are slow on long documents, and
            # of an `or` DuckDB computes both sides.
            valid = sa.func.json_valid(column)
            return sa.case((valid, sa.true()), else_=text.is_(None))
        value: sa.ColumnElement[Any]
        if date_format:
            value = sa.func.try_strptime(text, sa.literal(date_format))
        else:
            value = sa.TryCast(text, _DeclaredType(data_type))
        return sa.or_(text.is_(None), value.is_not(None))


class ExpectColumnValuesToBeCastable(ColumnMapExpectation):
    """Expect the text of a raw column to be of the type that staging casts it to.

    Args:
        column: the raw column.
        data_type: the declared type, as DuckDB spells it.
        date_format: the `strptime` format of a date or timestamp, if one is declared.
    """

    data_type: str
    date_format: str | None = None

    map_metric: ClassVar[str] = "column_values.castable"
    success_keys: ClassVar[tuple[str, ...]] = ("mostly", "data_type", "date_format")
    args_keys: ClassVar[tuple[str, ...]] = ("column", "data_type", "date_format")
