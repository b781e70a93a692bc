"""What each customer may like next: the score `customer_recommendations`.

Belongs here: what counts as taking to a product, what may be recommended to whom, and
what each way of choosing hits of days that it was not shown. Does not belong here:
likeness itself (`item_to_item.py`), and keeping what was learnt (`store.py`).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

import duckdb
import numpy as np
import pyarrow as pa
from scipy import sparse

from orchestration.scores.backtest import Measure
from orchestration.scores.item_to_item import Best, best_products, likeness
from orchestration.scores.likelihood import Floats
from orchestration.scores.score import Learnt, Score

MODEL = "item_to_item"
BASELINE = "bestsellers"
COUNT = 5
PERIOD_DAYS = 90
_MOST_ASKED = 20_000  # customers of the backtest; more do not move its figures
REPEAT_SHARE = 0.2
"""Share of buyers on two days, from which one recommends what somebody has bought."""

_TAKEN = """
select
    customer_id,
    product_key,
    max(active_on) filter (where purchases > 0) is not null as is_bought,
    count(distinct active_on) filter (where purchases > 0) > 1 as is_bought_again,
    coalesce(
        max(active_on) filter (where purchases > 0) > $until - cast($period as integer),
        false
    ) as is_bought_lately,
    case
        when sum(purchases) > 0 then 1.0
        when sum(carts) > 0 then 0.5
        else 0.25
    end as strength
from features.customer_product_days
where active_on <= $until
group by customer_id, product_key
order by customer_id, product_key
"""

_NEXT = """
select distinct customer_id, product_key
from features.customer_product_days
where
    purchases > 0
    and active_on > $until
    and active_on <= $until + cast($period as integer)
"""

_SCORES = pa.schema(
    {
        "customer_id": pa.string(),
        "recommendation_rank": pa.int32(),
        "product_key": pa.string(),
        "relevance": pa.float64(),
        "reason": pa.string(),
        "reason_product_key": pa.string(),
    }
)


@dataclass(frozen=True)
class Known:
    """What customers took to, up to the end of a day.

    Attributes:
        customers: all customers, in order; the rows of the matrices.
        products: all products, in order; the columns.
        taken: how much each took to each: 1 if bought, less if only looked at.
        barred: what must not be recommended, as it was bought and is not bought again.
        popularity: customers who bought each in the last period, 0 if out of stock.
    """

    customers: pa.Array
    products: pa.Array
    taken: sparse.csr_matrix
    barred: sparse.csr_matrix
    popularity: Floats

    def best(
        self, *, by_likeness: bool, of: np.ndarray | slice = slice(None)
    ) -> Iterator[Best]:
        """Find the best products of some customers, by what they took to or not."""
        size = len(self.products)
        alike = likeness(self.taken) if by_likeness else sparse.csr_matrix((size, size))
        return best_products(
            self.taken[of], alike, self.popularity, self.barred[of], COUNT
        )


def read_known(connection: duckdb.DuckDBPyConnection, until: date) -> Known:
    """Read what customers took to by the end of the day `until`."""
    customers = connection.sql(
        "select customer_id from features.usable_customers order by customer_id"
    ).to_arrow_table()["customer_id"]
    catalogue = connection.sql(
        """
        select product_key, coalesce(in_stock, true) as in_stock
        from core.catalogue order by product_key
        """
    ).to_arrow_table()
    rows = connection.sql(
        _TAKEN, params={"until": until, "period": PERIOD_DAYS}
    ).to_arrow_table()
    customers, products = customers.combine_chunks(), catalogue["product_key"]
    rows, row, column = _placed(rows, customers, products)
    shape = (len(customers), len(products))

    def matrix(name: str) -> sparse.csr_matrix:
        values = rows[name].cast(pa.float64()).to_numpy()
        found = sparse.csr_matrix((values, (row, column)), shape)
        found.eliminate_zeros()
        return found

    def sums(of: sparse.csr_matrix) -> Floats:
        return np.asarray(of.sum(axis=0)).ravel()

    bought = matrix("is_bought")
    again = sums(matrix("is_bought_again")) >= REPEAT_SHARE * np.maximum(
        sums(bought), 1 / REPEAT_SHARE
    )
    barred = (bought @ sparse.diags(np.where(again, 0.0, 1.0))).tocsr()
    barred.eliminate_zeros()
    lately = sums(matrix("is_bought_lately"))
    in_stock = catalogue["in_stock"].to_numpy()
    # What nobody bought lately may still be recommended, for being like something.
    popularity = np.where(in_stock, lately + 1e-3, 0)
    return Known(
        customers,
        products.combine_chunks(),
        matrix("strength"),
        barred,
        popularity,
    )


def backtest(connection: duckdb.DuckDBPyConnection, until: date) -> list[Measure]:
    """Compare both choices with what was bought for the first time in the last period.

    Measured are customers who had taken to something before and bought something new.

    Returns:
        What was found; nothing if there is nobody to measure.
    """
    known_until = until - timedelta(days=PERIOD_DAYS)
    known = read_known(connection, known_until)
    rows = connection.sql(
        _NEXT, params={"until": known_until, "period": PERIOD_DAYS}
    ).to_arrow_table()
    _, row, column = _placed(rows, known.customers, known.products)
    shape = known.taken.shape
    bought = sparse.csr_matrix((np.ones(len(row)), (row, column)), shape)
    bought = bought - bought.multiply(known.barred != 0)
    bought.eliminate_zeros()
    wanted = np.diff(bought.indptr)
    asked = np.flatnonzero((wanted > 0) & (np.diff(known.taken.indptr) > 0))
    if not len(asked):
        return []
    asked = asked[:: -(-len(asked) // _MOST_ASKED)]

    def figures(by_likeness: bool) -> dict[str, float]:
        blocks = known.best(by_likeness=by_likeness, of=asked)
        best = np.vstack([block.products for block in blocks])
        hits = np.zeros(len(asked))
        for place in range(best.shape[1]):
            product = best[:, place]
            is_hit = np.asarray(bought[asked, product]).ravel() > 0
            hits += is_hit & (product >= 0)
        return {
            f"hit_rate_at_{COUNT}": float((hits > 0).mean()),
            f"recall_at_{COUNT}": float((hits / wanted[asked]).mean()),
        }

    model, baseline = figures(True), figures(False)
    return [
        Measure(
            "next_products",
            metric,
            len(asked),
            model[metric],
            baseline[metric],
            model[metric] > baseline[metric],
            metric.startswith("recall"),
        )
        for metric in model
    ]


def learn(connection: duckdb.DuckDBPyConnection) -> Learnt:
    """Recommend to every customer, by likeness if that beats what is popular."""
    ((as_of,),) = connection.execute("select as_of from core.as_of").fetchall()
    until = as_of.date()
    measures = backtest(connection, until)
    wins = any(m.decides and m.is_better for m in measures)
    known = read_known(connection, until)
    parts = [_rows(known, best) for best in _numbered(known.best(by_likeness=wins))]
    return Learnt(
        model=MODEL if wins else BASELINE,
        candidate=MODEL,
        baseline=BASELINE,
        as_of=as_of,
        holdout_days=PERIOD_DAYS,
        scores=pa.concat_tables([_SCORES.empty_table(), *parts]),
        measures=measures,
    )


def _numbered(blocks: Iterator[Best]) -> Iterator[tuple[int, Best]]:
    """Add the number of its first customer to each block."""
    start = 0
    for block in blocks:
        yield start, block
        start += len(block.products)


def _rows(known: Known, block: tuple[int, Best]) -> pa.Table:
    """Return the best products of some customers as rows of the table."""
    start, best = block
    row, place = np.nonzero(best.products >= 0)
    if not len(row):
        return _SCORES.empty_table()
    because = best.because[row, place]
    reason = pa.array(because, mask=because < 0)
    taken = known.taken[start : start + len(best.products)]
    strength = np.asarray(taken[row, np.maximum(because, 0)]).ravel()
    kinds = pa.array(["bestseller", "viewed", "added_to_cart", "bought"])
    kind = np.where(because < 0, 0, np.searchsorted([0.25, 0.5, 1.0], strength) + 1)
    return pa.table(
        {
            "customer_id": known.customers.take(pa.array(start + row)),
            "recommendation_rank": (place + 1).astype("int32"),
            "product_key": known.products.take(pa.array(best.products[row, place])),
            "relevance": best.values[row, place],
            "reason": kinds.take(pa.array(kind)),
            "reason_product_key": known.products.take(reason),
        }
    )


def _placed(
    rows: pa.Table, customers: pa.Array, products: pa.Array
) -> tuple[pa.Table, np.ndarray, np.ndarray]:
    """Return the rows of known customers and products, with the number of each.

    Sales may name a product that no catalogue has: nobody can recommend it.
    """
    import pyarrow.compute as pc

    row = pc.index_in(rows["customer_id"], customers)
    column = pc.index_in(rows["product_key"], products)
    known = pc.and_(pc.is_valid(row), pc.is_valid(column))
    return (
        rows.filter(known),
        row.filter(known).to_numpy(),
        column.filter(known).to_numpy(),
    )


SCORE = Score(
    "customer_recommendations",
    "The products that each customer is the likeliest to buy next, by those that share "
    "customers with what the customer took to, or bestsellers where these hit more.",
    (
        "features.customer_product_days",
        "features.usable_customers",
        "core.catalogue",
        "core.as_of",
    ),
    learn,
)
