"""The rules that suites are made of: Great Expectations in few words, each with a why.

`stops=False` makes a rule a warning. `share` is the least share of rows that must keep
it. Import this module lazily: it imports Great Expectations.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import great_expectations.expectations as gxe
from great_expectations.expectations.expectation import Expectation as Rule

from orchestration.gates.gx_rows import ExpectFewUnexpectedRows

_JUDGED = "with judged as (select * from {batch})"


def filled(column: str, why: str, *, share: float = 1, stops: bool = True) -> Rule:
    """Expect a value in the column."""
    return gxe.ExpectColumnValuesToNotBeNull(
        column=column, mostly=share, **_told(why, stops)
    )


def unique(
    *columns: str,
    why: str,
    show: Sequence[str] = (),
    share: float = 0,
    stops: bool = True,
) -> Rule:
    """Expect the columns to name every row once; rows where all are empty are nobody's.

    Args:
        columns: that are unique together.
        why: the reason for the rule.
        show: columns of the rows to show when it fails, by default the same ones.
        share: of the rows that may be doubled.
        stops: whether failing closes the gate.
    """
    quoted = [f'"{column}"' for column in columns]
    names, filled_in = (
        ", ".join(quoted),
        f"{' is not null or '.join(quoted)} is not null",
    )
    words = "is unique" if len(columns) == 1 else "are unique together"
    if share:
        words += f", in {100 * (1 - share):.4g} % of the rows"
    # Grouping costs a fraction of the window that finds the rows to show.
    return _few_rows(
        f"select {', '.join(show) or names} from {{batch}} where {filled_in} "
        f"qualify count(*) over (partition by {names}) > 1 order by {names}",
        words,
        counted_by=f"(select sum(row_count) from (select count(*) as row_count "
        f"from {{batch}} where {filled_in} group by {names} having count(*) > 1))",
        column_list=list(columns),
        share=share,
        **_told(why, stops),
    )


def key(column: str, why: str) -> list[Rule]:
    """Expect the column to name every row, once."""
    return [filled(column, why), unique(column, why=why)]


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
    excess: str | None = None,
    stops: bool = True,
) -> Rule:
    """Expect no row, or no more than `share` of them, to meet an SQL condition.

    Args:
        condition: SQL over the columns of the table.
        why: the reason for the rule.
        show: columns of the rows to show when it fails.
        share: of the rows that may meet the condition.
        excess: SQL of how far a row goes; the sum is told, the farthest shown first.
        stops: whether failing closes the gate.
    """
    words = f"never {' '.join(condition.split())}"
    if share:
        words += f", in more than {100 * share:.4g} % of the rows"
    query = f"{_JUDGED} select {', '.join(show)} from judged where ({condition})"
    if excess:
        query = f"""
            {_JUDGED},

            found as (

                select {", ".join(show)}, {excess} as excess
                from judged
                where ({condition})

            )

            select
                *,
                count(*) over () || ' of ' || (select count(*) from judged)
                || ' rows, by ' || coalesce(sum(excess) over (), 0) || ' in all' as said
            from found
            order by excess desc nulls last
        """
    return _few_rows(
        query,
        words,
        counted_by=f"count(*) filter (where {condition})",
        share=share,
        **_told(why, stops),
    )


def as_many_as(table: str, why: str) -> Rule:
    """Expect as many rows as another table of the warehouse has."""
    return no_rows(
        f"""
        select
            count(*) || ' rows, where {table} has '
            || (select count(*) from {table}) as said
        from judged
        having count(*) <> (select count(*) from {table})
        """,
        f"as many rows as {table}",
        why,
    )


def no_rows(query: str, what: str, why: str, *, stops: bool = True) -> Rule:
    """Expect a query over the table, which it calls `judged`, to return nothing.

    What it returns are rows of its own, not so many of those of the table; a column
    `said` says in words what was found, without a value of a person.
    """
    query = f"{_JUDGED} {query}"
    return _few_rows(
        query,
        what,
        counted_by=f"(select count(*) from ({query}))",
        of_table=False,
        **_told(why, stops),
    )


def _few_rows(query: str, what: str, **settings: Any) -> Rule:
    return ExpectFewUnexpectedRows(
        description=what, unexpected_rows_query=query, **settings
    )


def _told(why: str, stops: bool) -> dict[str, Any]:
    severity = "critical" if stops else "warning"
    return {"severity": severity, "meta": {"reason": why}}
