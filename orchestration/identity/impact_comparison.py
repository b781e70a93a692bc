"""What is different between two identities: ids, values, segments.

Belongs here: comparing identity as it would be with identity as it is, in SQL. Does not
belong here: building it (impact.py).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import duckdb

ATTRIBUTES = (
    "display_name",
    "birth_date",
    "gender",
    "email",
    "phone",
    "street",
    "city",
    "postal_code",
    "company",
    "job_title",
    "language",
    "time_zone",
)

Row = dict[str, Any]


@dataclass(frozen=True)
class Impact:
    """What rules would change: figures, and lists that begin with most at stake."""

    rules: list[str]
    """Names of the seeds that say something else than the project's."""
    is_behind: bool
    """Whether data came in since who is who was committed; its effect is told, too."""
    figures: dict[str, float]
    attributes: dict[str, int]
    """Customers of whom the golden record would say something else, by attribute."""
    segments: list[Row]
    """How many customers would go from which segment to which."""
    changes: list[Row]
    """Ids that would change, as the ledger would tell it."""
    customers: list[Row]
    """Customers whose revenue, orders or segment would change; null is no customer."""


def compare(
    connection: duckdb.DuckDBPyConnection,
    rules: list[str],
    is_behind: bool,
    limit: int | None,
) -> Impact:
    """Compare what was built under the rules with what was known before.

    Args:
        connection: a warehouse with identity, features and RFM as they would be, and
            in the schema `given` the customers and the map as they are.
        rules: see Impact.
        is_behind: see Impact.
        limit: so many entries of each list at the most.
    """
    connection.execute(_COMPARED)
    pairs = ", ".join(
        f"count(*) filter (where before.{name} is distinct from after.{name}) as {name}"
        for name in ATTRIBUTES
    )
    attributes = _rows(
        connection,
        f"select {pairs} from given.customers as before "
        "inner join features.golden_record as after using (customer_id)",
    )
    most = "" if limit is None else f"limit {limit}"
    return Impact(
        rules=rules,
        is_behind=is_behind,
        figures=_rows(connection, _FIGURES)[0],
        attributes={name: n for name, n in attributes[0].items() if n},
        segments=_rows(connection, _SEGMENTS),
        changes=_rows(connection, f"{_CHANGES} {most}"),
        customers=_rows(connection, f"{_CUSTOMERS} {most}"),
    )


def _rows(connection: duckdb.DuckDBPyConnection, query: str) -> list[Row]:
    result = connection.execute(query)
    names = [column[0] for column in result.description or ()]
    return [dict(zip(names, row, strict=True)) for row in result.fetchall()]


_COMPARED = """
create temporary view changes as
select *
from identity.identity_ledger
where changed_at > (select told_at from given.moment);

create temporary table compared as
with

after as (

    select
        golden.customer_id,
        golden.display_name,
        coalesce(orders.order_count, 0) as order_count,
        cast(coalesce(orders.revenue_reporting, 0) as decimal(18, 2)) as revenue,
        rfm.rfm_segment as segment

    from features.golden_record as golden
    left join features.customer_order_features as orders using (customer_id)
    left join marts.customer_rfm as rfm using (customer_id)

)

select
    coalesce(before.customer_id, after.customer_id) as customer_id,
    coalesce(before.display_name, after.display_name) as display_name,
    before.revenue_reporting as revenue_before,
    after.revenue as revenue_after,
    before.order_count as orders_before,
    after.order_count as orders_after,
    before.rfm_segment as segment_before,
    after.segment as segment_after,
    before.customer_id is null as is_new,
    after.customer_id is null as is_gone

from given.customers as before
full outer join after using (customer_id);
"""

_FIGURES = """
with

ids as (

    select
        count(*) filter (where change = 'merged') as merged_ids,
        count(*) filter (where change = 'split') as split_ids,
        coalesce(sum(record_count), 0) as moved_records
    from changes

),

excluded as (

    select
        count(*) filter (where before.customer_id is null) as newly_left_out,
        count(*) filter (where after.customer_id is null) as let_in_again
    from (
        select distinct customer_id from given.identity_map where is_excluded
    ) as before
    full outer join (
        select distinct customer_id from identity.identity_map where is_excluded
    ) as after using (customer_id)

),

customers as (

    select
        count(*) filter (where not is_new) as customers_before,
        count(*) filter (where not is_gone) as customers_after,
        count(*) filter (
            where not is_new and not is_gone and revenue_before <> revenue_after
        ) as with_other_revenue,
        count(*) filter (
            where
                not is_new
                and not is_gone
                and segment_before is distinct from segment_after
        ) as with_other_segment,
        cast(sum(revenue_before) as double) as revenue_before,
        cast(sum(revenue_after) as double) as revenue_after,
        cast(
            sum(
                greatest(coalesce(revenue_after, 0) - coalesce(revenue_before, 0), 0)
            ) as double
        ) as revenue_that_moves
    from compared

)

select * from customers, ids, excluded
"""

_SEGMENTS = """
select segment_before, segment_after, count(*) as customers
from compared
where
    segment_before is distinct from segment_after
    and not is_new
    and not is_gone
group by segment_before, segment_after
order by customers desc, segment_before, segment_after
"""

_CHANGES = """
select
    changes.change,
    changes.old_customer_id,
    old.display_name as old_name,
    changes.new_customer_id,
    new.display_name as new_name,
    changes.record_count,
    cast(
        case changes.change
            when 'merged' then old.revenue_before
            when 'split' then new.revenue_after
        end as double
    ) as revenue,
    changes.evidence,
    changes.evidence_value,
    changes.rejection_reason,
    changes.record_key,
    changes.other_record_key
from changes
left join compared as old on changes.old_customer_id = old.customer_id
left join compared as new on changes.new_customer_id = new.customer_id
order by revenue desc nulls last, record_count desc, old_customer_id, new_customer_id
"""

_CUSTOMERS = """
select
    customer_id,
    display_name,
    cast(revenue_before as double) as revenue_before,
    cast(revenue_after as double) as revenue_after,
    orders_before,
    orders_after,
    segment_before,
    segment_after
from compared
where
    is_new
    or is_gone
    or revenue_before <> revenue_after
    or orders_before <> orders_after
    or segment_before is distinct from segment_after
order by
    abs(coalesce(revenue_after, 0) - coalesce(revenue_before, 0)) desc, customer_id
"""
