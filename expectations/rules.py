"""The rules that suites are made of: Great Expectations in few words, each with a why.

`stops=False` makes a rule a warning. `share` is the least share of rows that must keep
it. Import this module lazily: it imports Great Expectations.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import great_expectations.expectations as gxe
from great_expectations.expectations.expectation import Expectation as Rule


def filled(column: str, why: str, *, share: float = 1, stops: bool = True) -> Rule:
    """Expect a value in the column."""
    return gxe.ExpectColumnValuesToNotBeNull(
        column=column, mostly=share, **_told(why, stops)
    )


def key(column: str, why: str) -> list[Rule]:
    """Expect the column to name every row, once."""
    return [
        filled(column, why),
        gxe.ExpectColumnValuesToBeUnique(column=column, **_told(why, stops=True)),
    ]


def matches(
    column: str, regex: str, why: str, *, share: float = 1, stops: bool = True
) -> Rule:
    """Expect values, where there are any, to contain a match of `regex`."""
    return gxe.ExpectColumnValuesToMatchRegex(
        column=column, regex=regex, mostly=share, **_told(why, stops)
    )


def between(
    column: str,
    low: Any,
    high: Any,
    why: str,
    *,
    share: float = 1,
    stops: bool = True,
) -> Rule:
    """Expect values, where there are any, between two bounds; None is no bound."""
    return gxe.ExpectColumnValuesToBeBetween(
        column=column,
        min_value=low,
        max_value=high,
        mostly=share,
        **_told(why, stops),
    )


def one_of(
    column: str,
    values: Sequence[str],
    why: str,
    *,
    share: float = 1,
    stops: bool = True,
) -> Rule:
    """Expect values, where there are any, from a fixed set."""
    return gxe.ExpectColumnValuesToBeInSet(
        column=column, value_set=list(values), mostly=share, **_told(why, stops)
    )


def not_empty(why: str, *, stops: bool = True) -> Rule:
    """Expect at least one row."""
    return gxe.ExpectTableRowCountToBeBetween(min_value=1, **_told(why, stops))


def never(
    condition: str,
    why: str,
    *,
    show: Sequence[str] = ("*",),
    share: float = 0,
    stops: bool = True,
) -> Rule:
    """Expect no row, or no more than `share` of them, to meet an SQL condition.

    Args:
        condition: SQL over the columns of the table.
        why: the reason for the rule.
        show: columns of the rows to show when it fails.
        share: of the rows that may meet the condition.
        stops: whether failing closes the gate.
    """
    words = f"never {' '.join(condition.split())}"
    query = f"select {', '.join(show)} from judged where ({condition})"
    if share:
        words += f", in more than {100 * share:.4g} % of the rows"
        # Two counts, not a window: DuckDB's costs a hundred times as much here.
        query = f"""
            {query} and (
                select count(*) filter (where {condition}) > {share} * count(*)
                from judged
            )
        """
    return no_rows(query, words, why, stops=stops)


def as_many_as(table: str, why: str) -> Rule:
    """Expect as many rows as another table of the warehouse has."""
    return no_rows(
        f"""
        select count(*) as found, (select count(*) from {table}) as wanted
        from judged
        having found <> wanted
        """,
        f"as many rows as {table}",
        why,
    )


def no_rows(query: str, what: str, why: str, *, stops: bool = True) -> Rule:
    """Expect a query over the table, which it calls `judged`, to return nothing."""
    return gxe.UnexpectedRowsExpectation(
        description=what,
        unexpected_rows_query=f"with judged as (select * from {{batch}}) {query}",
        **_told(why, stops),
    )


def _told(why: str, stops: bool) -> dict[str, Any]:
    severity = "critical" if stops else "warning"
    return {"severity": severity, "meta": {"reason": why}}
