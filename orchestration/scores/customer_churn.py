"""Who will not order again for 90 days: the score `customer_churn`.

Belongs here: what is known of customers on a day, the forecast of the classifier and
that of its baseline, and the reasons. Does not belong here: the classifier itself
(`classifier.py`), and keeping what was learnt (`store.py`).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import duckdb
import numpy as np
import pyarrow as pa

from orchestration.scores.backtest import Measure
from orchestration.scores.classifier import (
    Classifier,
    TooFewCasesError,
    fit_classifier,
    measure_chances,
)
from orchestration.scores.likelihood import Floats
from orchestration.scores.reasons import Wording, main_reasons
from orchestration.scores.score import Learnt, Score

MODEL = "calibrated_logistic_regression"
BASELINE = "share_lapsed_at_that_recency"
HORIZON_DAYS = 90
_SIDES = ("higher risk", "lower risk")
_RECENCY_GROUPS = (7, 14, 30, 45, 60, 90, 120, 180)

COLUMNS = {
    "recency": Wording("days since the last order"),
    "age": Wording("days since the first order"),
    "orders_30": Wording("orders in 30 days"),
    "orders_180": Wording("orders in 180 days"),
    "mean_value": Wording("spent per order"),
    "cancellations_180": Wording("cancelled orders in 180 days"),
    "refunds_180": Wording("refunds in 180 days"),
    "views_30": Wording("pages and products viewed in 30 days"),
    "products_added_30": Wording("products put into a cart in 30 days"),
    "logins_90": Wording("logins in 90 days"),
    "store_visits_90": Wording("store visits in 90 days"),
    "emails_90": Wording("e-mails received in 90 days"),
    "clicks_90": Wording("e-mail links followed in 90 days"),
    "complaints_180": Wording("complaints in 180 days"),
    "low_ratings_180": Wording("low survey ratings in 180 days"),
    "unsubscribed": Wording("times unsubscribed"),
    "silence": Wording("days since any sign of life"),
}
"""What is known of a customer, and how it is put into words."""

_KNOWN = """
with

known as (

    select *, date_diff('day', active_on, $until) as days_ago
    from features.customer_days
    where active_on <= $until

),

summed as (

    select
        customer_id,
        min(days_ago) filter (where orders > 0) as recency,
        max(days_ago) filter (where orders > 0) as age,
        sum(orders) filter (where days_ago < 30) as orders_30,
        sum(orders) filter (where days_ago < 180) as orders_180,
        sum(orders_reporting) / nullif(sum(orders), 0) as mean_value,
        sum(cancellations) filter (where days_ago < 180) as cancellations_180,
        sum(refunds) filter (where days_ago < 180) as refunds_180,
        sum(views) filter (where days_ago < 30) as views_30,
        sum(products_added) filter (where days_ago < 30) as products_added_30,
        sum(logins) filter (where days_ago < 90) as logins_90,
        sum(store_visits) filter (where days_ago < 90) as store_visits_90,
        sum(emails) filter (where days_ago < 90) as emails_90,
        sum(clicks) filter (where days_ago < 90) as clicks_90,
        sum(complaints) filter (where days_ago < 180) as complaints_180,
        sum(low_ratings) filter (where days_ago < 180) as low_ratings_180,
        sum(unsubscribes) as unsubscribed,
        min(days_ago) filter (
            where orders + views + logins + store_visits + clicks + complaints > 0
        ) as silence
    from known
    group by customer_id
    having sum(orders) > sum(cancellations)

),

bought as (

    select distinct customer_id
    from features.customer_days
    where
        sales > 0
        and active_on > $until
        and active_on <= $until + cast($horizon as integer)

)

select
    summed.customer_id,
    cast(bought.customer_id is null as double) as has_lapsed,
    summed.* exclude (customer_id)
from summed
left join bought on summed.customer_id = bought.customer_id
order by summed.customer_id
"""


@dataclass(frozen=True)
class Known:
    """What is known of customers with an order, up to the end of a day.

    Attributes:
        customers: their ids.
        values: one row per customer, one column per entry of `COLUMNS`, as they are.
        has_lapsed: whether each placed no lasting order in the period after.
    """

    customers: pa.Array
    values: Floats
    has_lapsed: Floats

    @property
    def columns(self) -> Floats:
        """The values for a linear model: the tenth order tells less than the first."""
        return np.log1p(np.maximum(self.values, 0))

    @property
    def recency_groups(self) -> np.ndarray:
        """The number of the group of last orders that each customer is in."""
        recency = self.values[:, list(COLUMNS).index("recency")]
        return np.searchsorted(_RECENCY_GROUPS, recency)


def read_known(connection: duckdb.DuckDBPyConnection, until: date) -> Known:
    """Read what was known by the end of the day `until`, and who lapsed after it."""
    rows = connection.sql(
        _KNOWN, params={"until": until, "horizon": HORIZON_DAYS}
    ).to_arrow_table()
    values = [
        np.nan_to_num(rows[name].cast(pa.float64()).to_numpy()) for name in COLUMNS
    ]
    return Known(
        rows["customer_id"].combine_chunks(),
        np.column_stack(values),
        rows["has_lapsed"].to_numpy(),
    )


def share_lapsed(before: Known, now: Known) -> Floats:
    """Forecast what one would without a model: who ordered as long ago did as much.

    Args:
        before: customers of whom it is known whether they lapsed.
        now: customers whose chance is asked.
    """
    groups = len(_RECENCY_GROUPS) + 1
    count = np.bincount(before.recency_groups, minlength=groups)
    lapsed = np.bincount(before.recency_groups, before.has_lapsed, minlength=groups)
    return ((lapsed + 1) / (count + 2))[now.recency_groups]


def fit(before: Known) -> Classifier:
    """Fit the classifier to customers of whom it is known whether they lapsed.

    Raises:
        TooFewCasesError: too few of them lapsed, or stayed.
    """
    return fit_classifier(before.columns, before.has_lapsed)


def backtest(connection: duckdb.DuckDBPyConnection, until: date) -> list[Measure]:
    """Compare the forecasts with the last period, which neither is shown.

    Both are learnt from who lapsed in the period before.

    Returns:
        What was found; nothing if there are too few orders before these periods.
    """
    period = timedelta(days=HORIZON_DAYS)
    now = read_known(connection, until - period)
    before = read_known(connection, until - 2 * period)
    try:
        chances = fit(before).chances(now.columns)
    except TooFewCasesError:
        return []
    return measure_chances("churn", now.has_lapsed, chances, share_lapsed(before, now))


def learn(connection: duckdb.DuckDBPyConnection) -> Learnt:
    """Score every customer with an order, by the model if it beats the baseline."""
    ((as_of,),) = connection.execute("select as_of from core.as_of").fetchall()
    until = as_of.date()
    now = read_known(connection, until)
    before = read_known(connection, until - timedelta(days=HORIZON_DAYS))
    measures = backtest(connection, until)
    scores = {"customer_id": now.customers}
    if any(m.decides and m.is_better for m in measures):
        classifier = fit(before)
        model, chances = MODEL, classifier.chances(now.columns)
        reasons = main_reasons(
            list(COLUMNS.values()),
            now.values,
            classifier.contributions(now.columns),
            _SIDES,
        )
        parameters = dict(zip(COLUMNS, classifier.coefficients.tolist(), strict=True))
    else:
        model, chances = BASELINE, share_lapsed(before, now)
        recency = list(COLUMNS).index("recency")
        reasons = main_reasons(
            [COLUMNS["recency"]],
            now.values[:, [recency]],
            (chances - chances.mean())[:, None],
            _SIDES,
        )
        parameters = {}
    scores["churn_probability"] = pa.array(chances)
    scores |= {
        f"{place}_reason": reason
        for place, reason in zip(("first", "second", "third"), reasons, strict=True)
    }
    return Learnt(
        model=model,
        candidate=MODEL,
        baseline=BASELINE,
        as_of=as_of,
        holdout_days=HORIZON_DAYS,
        scores=pa.table(scores),
        measures=measures,
        parameters=parameters,
    )


SCORE = Score(
    "customer_churn",
    "How likely each customer is not to order for 90 days, and why, by a calibrated "
    "classifier, or by the time since the last order where that forecast better.",
    ("features.customer_days", "core.as_of"),
    learn,
)
