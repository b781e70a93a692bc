"""How often each customer will buy, and what that is worth: the score `customer_value`.

Belongs here: reading histories, the forecast of BG/NBD with Gamma-Gamma and that of its
baseline, and what each says of days that it was not shown. Does not belong here: the
two models (`buying.py`, `spending.py`), and keeping what was learnt (`store.py`).
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date, timedelta
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa

from orchestration.scores.backtest import Measure, measure
from orchestration.scores.buying import Histories, fit_buying
from orchestration.scores.likelihood import Floats, TooLittleHistoryError
from orchestration.scores.score import Learnt, Score
from orchestration.scores.spending import fit_spending

MODEL = "bg_nbd_gamma_gamma"
BASELINE = "last_period"
PERIOD_DAYS = 90
YEAR_DAYS = 365
YEARLY_DISCOUNT = 0.10
"""What money is worth less for each year that it comes later."""

_HISTORIES = """
with

days as (

    select
        customer_id,
        purchased_on,
        cast(revenue_reporting as double) as revenue,
        purchased_on <= $until as is_known,
        purchased_on > $until - cast($period as integer) as is_recent
    from features.customer_purchase_days
    where purchased_on <= $until + cast($period as integer)

)

select
    customer_id,
    cast(count(*) filter (where is_known) as double) as purchases,
    cast(
        date_diff(
            'day',
            min(purchased_on) filter (where is_known),
            max(purchased_on) filter (where is_known)
        ) as double
    ) as recency,
    cast(date_diff('day', min(purchased_on), $until) as double) as age,
    cast(count(*) filter (where is_known and revenue > 0) as double) as paid,
    coalesce(avg(revenue) filter (where is_known and revenue > 0), 0) as mean_value,
    cast(count(*) filter (where is_known and is_recent) as double) as recent,
    coalesce(sum(revenue) filter (where is_known and is_recent), 0) as recent_revenue,
    cast(count(*) filter (where not is_known) as double) as next,
    coalesce(sum(revenue) filter (where not is_known), 0) as next_revenue
from days
group by customer_id
having bool_or(is_known)
order by customer_id
"""


@dataclass(frozen=True)
class Known:
    """What is known of customers up to the end of a day, and what came next.

    One entry per customer in each array; days, and money in the reporting currency.

    Attributes:
        customers: their ids.
        purchases: days with a purchase.
        recency: from the first such day to the last one.
        age: from the first such day to the end of what is known.
        paid: days with a purchase of positive worth.
        mean_value: mean worth of those.
        recent: days with a purchase in the last period.
        recent_revenue: their worth.
        next: days with a purchase in the period after.
        next_revenue: their worth.
    """

    customers: pa.Array
    purchases: Floats
    recency: Floats
    age: Floats
    paid: Floats
    mean_value: Floats
    recent: Floats
    recent_revenue: Floats
    next: Floats
    next_revenue: Floats

    @property
    def histories(self) -> Histories:
        """The part that says how often somebody buys."""
        return Histories(self.purchases - 1, self.recency, self.age)


@dataclass(frozen=True)
class Forecast:
    """What is expected of each customer after the end of what is known."""

    probability_active: Floats
    purchases_in_period: Floats
    purchases_in_year: Floats
    purchase_value: Floats
    lifetime_value: Floats
    parameters: dict[str, Any]

    @property
    def revenue_in_period(self) -> Floats:
        """Worth of the purchases that are expected in the next period."""
        return self.purchases_in_period * self.purchase_value


def read_known(connection: duckdb.DuckDBPyConnection, until: date) -> Known:
    """Read the histories of all who have bought by the end of the day `until`."""
    rows = connection.sql(
        _HISTORIES, params={"until": until, "period": PERIOD_DAYS}
    ).to_arrow_table()
    customers, *figures = rows.columns
    return Known(customers.combine_chunks(), *(f.to_numpy() for f in figures))


def forecast(known: Known) -> Forecast:
    """Forecast by BG/NBD and Gamma-Gamma, fitted to these customers.

    Raises:
        TooLittleHistoryError: they are too few, or bought too little.
    """
    histories = known.histories
    buying = fit_buying(histories)
    spending = fit_spending(known.paid, known.mean_value)
    # Worth is learnt from what was paid for; gifts and full refunds are purchases too.
    paid_share = known.paid.sum() / known.purchases.sum()
    value = spending.expected_value(known.paid, known.mean_value) * paid_share

    quarters = [YEAR_DAYS * part / 4 for part in (1, 2, 3, 4)]
    until = [buying.expected_purchases(histories, days) for days in quarters]
    lifetime = np.zeros(len(value))
    before: Floats = np.zeros(len(value))
    for days, expected in zip(quarters, until, strict=True):
        middle = (days - YEAR_DAYS / 8) / YEAR_DAYS
        lifetime += (expected - before) * value / (1 + YEARLY_DISCOUNT) ** middle
        before = expected
    return Forecast(
        buying.probability_active(histories),
        buying.expected_purchases(histories, PERIOD_DAYS),
        until[-1],
        value,
        lifetime,
        {"buying": asdict(buying), "spending": asdict(spending)},
    )


def same_again(known: Known) -> Forecast:
    """Forecast what one would without a model: the last period, over and over."""
    with np.errstate(invalid="ignore"):
        value = np.where(known.recent > 0, known.recent_revenue / known.recent, 0.0)
    in_year = known.recent * YEAR_DAYS / PERIOD_DAYS
    return Forecast(
        np.full(len(value), np.nan),
        known.recent,
        in_year,
        value,
        in_year * value / (1 + YEARLY_DISCOUNT) ** 0.5,
        {},
    )


def backtest(connection: duckdb.DuckDBPyConnection, until: date) -> list[Measure]:
    """Compare both forecasts with the last period, which neither is shown.

    Args:
        connection: the warehouse.
        until: the last day that is known.

    Returns:
        What was found; nothing if there are too few purchases before that period.
    """
    known = read_known(connection, until - timedelta(days=PERIOD_DAYS))
    try:
        model = forecast(known)
    except TooLittleHistoryError:
        return []
    naive = same_again(known)
    return [
        *measure(
            "purchases",
            known.next,
            model.purchases_in_period,
            naive.purchases_in_period,
            decided_by="rmse",
        ),
        *measure(
            "revenue",
            known.next_revenue,
            model.revenue_in_period,
            naive.revenue_in_period,
        ),
    ]


def learn(connection: duckdb.DuckDBPyConnection) -> Learnt:
    """Score every customer who has bought, by the model if it beats the baseline."""
    ((as_of,),) = connection.execute("select as_of from core.as_of").fetchall()
    until = as_of.date()
    known = read_known(connection, until)
    measures = backtest(connection, until)
    model = BASELINE
    found = same_again(known)
    if any(m.decides and m.is_better for m in measures):
        model = MODEL
        found = forecast(known)
    scores = pa.table(
        {
            "customer_id": known.customers,
            "purchase_days": known.purchases,
            "recency_days": known.recency,
            "age_days": known.age,
            "mean_purchase_value": known.mean_value,
            "probability_active": pa.array(found.probability_active, from_pandas=True),
            "expected_purchases_90_days": found.purchases_in_period,
            "expected_purchases_365_days": found.purchases_in_year,
            "expected_purchase_value": found.purchase_value,
            "lifetime_value": found.lifetime_value,
        }
    )
    return Learnt(
        model=model,
        baseline=BASELINE,
        candidate=MODEL,
        as_of=as_of,
        holdout_days=PERIOD_DAYS,
        scores=scores,
        measures=measures,
        parameters=found.parameters,
    )


SCORE = Score(
    "customer_value",
    "How often each customer is expected to buy and what that is worth, by BG/NBD and "
    "Gamma-Gamma, or by the last period where that forecast better.",
    ("features.customer_purchase_days", "core.as_of"),
    learn,
)
