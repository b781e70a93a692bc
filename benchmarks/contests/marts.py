"""A mart as we build it, and as one would in a notebook: cohorts and who came back."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import duckdb
import jinja2

from benchmarks.contest import OURS, Contest, Way
from orchestration.warehouse import PROJECT_ROOT

MODEL = PROJECT_ROOT / "models/marts/commerce/cohort_retention.sql"
MONTHS = PROJECT_ROOT / "macros/cross_db/each_month.sql"

# Two years of orders, five a customer; one in thirty is no sale.
_ORDERS = """
create table orders as
select
    'c' || hash(i) % ({size} // 5) as customer_id,
    timestamp '2024-01-01' + to_minutes(cast(hash(i + 1) % 1051200 as bigint))
        as ordered_at,
    cast(hash(i + 2) % 50000 / 100 as decimal(18, 2)) as revenue_reporting,
    hash(i + 3) % 30 > 0 as is_sale,
    false as is_excluded
from range({size}) as numbers (i);

create table golden_record as select distinct customer_id from orders;

create table core__as_of as select timestamp '2025-12-15' as as_of;
"""

_ANSWER = """
select
    count(*) || ' rows, ' || sum(customer_count) || ' customers, '
    || sum(order_count) || ' orders, ' || sum(revenue_reporting) || ', '
    || sum(cumulative_revenue_reporting) || ', ' || sum(months_since) || ', '
    || count(*) filter (where is_complete) || ' complete, '
    || round(sum(retention_share), 6)
from found
"""


def _prepare(size: int, inputs: Path) -> None:
    with duckdb.connect(str(inputs / "warehouse.duckdb")) as connection:
        connection.execute(_ORDERS.format(size=size))


def _ours(inputs: Path, scratch: Path) -> Callable[[], str]:
    """Run the model itself; what dbt takes to start is not measured."""
    connection = duckdb.connect(str(inputs / "warehouse.duckdb"), read_only=True)
    on_duckdb = "{%- set each_month = default__each_month -%}"
    template = MONTHS.read_text("utf-8") + on_duckdb + MODEL.read_text("utf-8")
    sql = jinja2.Template(template).render(ref=lambda name: name)

    def work() -> str:
        connection.execute(f"create temp table found as {sql}")
        return connection.execute(_ANSWER).fetchall()[0][0]

    return work


def _pandas(inputs: Path, scratch: Path) -> Callable[[], str]:
    import pandas as pd

    connection = duckdb.connect(str(inputs / "warehouse.duckdb"), read_only=True)

    def work() -> str:
        orders = connection.execute("from orders").df()
        known = connection.execute("from golden_record").df()
        as_of = connection.execute("from core__as_of").df()["as_of"][0]
        sales = orders[
            orders["is_sale"]
            & ~orders["is_excluded"]
            & (orders["ordered_at"] <= as_of)
            & orders["customer_id"].isin(known["customer_id"])
        ]
        month = sales["ordered_at"].dt.year * 12 + sales["ordered_at"].dt.month
        sales = sales.assign(
            activity_month=month,
            cohort_month=month.groupby(sales["customer_id"]).transform("min"),
        )
        activity = sales.groupby(["cohort_month", "activity_month"]).agg(
            customer_count=("customer_id", "nunique"),
            order_count=("customer_id", "size"),
            revenue_reporting=("revenue_reporting", "sum"),
        )
        this_month = as_of.year * 12 + as_of.month
        months = range(sales["activity_month"].min(), this_month + 1)
        every = pd.MultiIndex.from_product(
            [activity.index.levels[0], months], names=activity.index.names
        )
        found = activity.reindex(every, fill_value=0).reset_index()
        found = found[found["cohort_month"] <= found["activity_month"]]
        members = sales.groupby("cohort_month")["customer_id"].nunique()
        found["months_since"] = found["activity_month"] - found["cohort_month"]
        found["is_complete"] = found["activity_month"] < this_month
        found["retention_share"] = found["customer_count"] / found["cohort_month"].map(
            members
        )
        found["revenue_reporting"] = found["revenue_reporting"].round(2)
        found["cumulative_revenue_reporting"] = (
            found.groupby("cohort_month")["revenue_reporting"].cumsum().round(2)
        )
        sums = found.sum()
        return (
            f"{len(found)} rows, {sums['customer_count']:.0f} customers, "
            f"{sums['order_count']:.0f} orders, {sums['revenue_reporting']:.2f}, "
            f"{sums['cumulative_revenue_reporting']:.2f}, {sums['months_since']:.0f}, "
            f"{sums['is_complete']:.0f} complete, {round(sums['retention_share'], 6)}"
        )

    return work


CONTESTS = {
    "marts": Contest(
        title="Build a mart: cohorts of customers, and who of them came back",
        unit="orders",
        prepare=_prepare,
        ways={OURS: Way(_ours), "pandas": Way(_pandas)},
        note=(
            "Ours is the SQL of the mart cohort_retention, without dbt around it. "
            "pandas reads the same tables from DuckDB and works in floats, whose sums "
            "are rounded to cents."
        ),
    ),
}
