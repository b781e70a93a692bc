"""Recommendations from days with products to the table, where tastes are known."""

import duckdb
import numpy as np
import pyarrow as pa
import pytest

from orchestration.scores import customer_recommendations
from orchestration.scores.assets import refresh_score
from orchestration.scores.customer_recommendations import BASELINE, MODEL, SCORE
from orchestration.warehouse import connect
from tests.unit.scores.cdnow import CDNOW

CUSTOMERS = 400
TASTES = 4
AS_OF = np.datetime64("2026-06-30")
RETAIL = CDNOW.parent / "online_retail" / "transactions.parquet"


def put(connection: duckdb.DuckDBPyConnection, days: pa.Table) -> None:
    """Make what the score reads; product p0 is out of stock, customer `new` silent."""
    connection.execute(
        f"""
        create schema core;
        create schema features;
        create table core.as_of as select timestamp '{AS_OF} 20:00:00' as as_of;
        create table features.customer_product_days as
        select
            customer_id,
            product_key,
            active_on,
            cast(kind = 'bought' as integer) as purchases,
            cast(kind = 'cart' as integer) as carts,
            cast(kind = 'viewed' as integer) as views
        from days;
        create table features.usable_customers as
        select distinct customer_id from days union all select 'new';
        create table core.catalogue as
        select distinct product_key, product_key <> 'p0' as in_stock from days;
        """
    )


def taste(product: str) -> int:
    return int(product[1:]) % TASTES


@pytest.fixture
def days() -> pa.Table:
    """Let all take to products of a taste of their own, and to p0 to p3 repeatedly."""
    rng = np.random.default_rng(11)
    owner = np.repeat(np.arange(CUSTOMERS), 12)
    product = np.concatenate([rng.permutation(20)[:12] for _ in range(CUSTOMERS)])
    product = product * TASTES + owner % TASTES
    product = np.where(rng.random(len(owner)) < 0.25, owner % TASTES, product)
    day = AS_OF - rng.integers(0, 300, len(owner))
    kind = np.array(["viewed", "cart", "bought"])[np.minimum(owner // 40, 2)]
    return pa.table(
        {
            "customer_id": [f"c{i:03}" for i in owner],
            "product_key": [f"p{i}" for i in product],
            "active_on": pa.array(day, pa.date32()),
            "kind": kind,
        }
    )


@pytest.fixture
def shop(data, days):
    with connect(data.warehouse) as connection:
        put(connection, days)
        yield connection


def test_tastes_are_found_and_beat_bestsellers(shop):
    assert refresh_score(shop, SCORE)["model"] == MODEL
    rows = shop.sql(
        """
        select customer_id, product_key, reason_product_key
        from scores.customer_recommendations
        where customer_id <> 'new' and reason <> 'bestseller'
        """
    ).fetchall()
    of_taste = [taste(product) == int(who[1:]) % TASTES for who, product, _ in rows]
    assert len(rows) > 4 * CUSTOMERS * 0.8
    assert np.mean(of_taste) > 0.95
    assert shop.sql(
        "select is_better from ops.model_performance where decides"
    ).fetchall() == [(True,)]


def test_what_was_sold_and_is_in_no_catalogue_is_nobodys_next_product(shop):
    shop.execute("delete from core.catalogue where product_key in ('p1', 'p9')")
    assert refresh_score(shop, SCORE)["rebuilt"]
    ((told, gone),) = shop.sql(
        "select count(*), count(*) filter (product_key in ('p1', 'p9') "
        "or reason_product_key in ('p1', 'p9')) from scores.customer_recommendations"
    ).fetchall()
    assert told > 0
    assert gone == 0


def test_every_reason_is_an_act_of_the_customer(shop):
    refresh_score(shop, SCORE)
    assert shop.sql(
        """
        select count(*) from scores.customer_recommendations as told
        where
            reason <> 'bestseller'
            and reason is distinct from (
                select case
                    when sum(purchases) > 0 then 'bought'
                    when sum(carts) > 0 then 'added_to_cart'
                    when sum(views) > 0 then 'viewed'
                end
                from features.customer_product_days as done
                where
                    told.customer_id = done.customer_id
                    and told.reason_product_key = done.product_key
            )
        """
    ).fetchall() == [(0,)]
    assert shop.sql(
        "select count(distinct reason) from scores.customer_recommendations"
    ).fetchall() == [(4,)]


def test_nothing_out_of_stock_and_nothing_again_but_what_is_bought_again(shop):
    refresh_score(shop, SCORE)
    again = shop.sql(
        """
        select distinct told.product_key
        from scores.customer_recommendations as told
        inner join features.customer_product_days as done
            on
                told.customer_id = done.customer_id
                and told.product_key = done.product_key
                and done.purchases > 0
        """
    ).fetchall()
    assert sorted(again) == [("p1",), ("p2",), ("p3",)]
    assert (
        shop.sql(
            "from scores.customer_recommendations where product_key = 'p0'"
        ).fetchall()
        == []
    )
    assert shop.sql(
        """
        select count(*), min(recommendation_rank), max(recommendation_rank), count(*)
        from scores.customer_recommendations group by customer_id
        """
    ).distinct().fetchall() == [(5, 1, 5, 5)]


def test_who_is_new_gets_bestsellers_in_their_order(shop):
    refresh_score(shop, SCORE)
    found = shop.sql(
        """
        select product_key, reason, reason_product_key
        from scores.customer_recommendations
        where customer_id = 'new' order by recommendation_rank
        """
    ).fetchall()
    sold = dict(
        shop.sql(
            """
            select product_key, count(distinct customer_id)
            from features.customer_product_days
            where purchases > 0 and active_on > date '2026-04-01' group by all
            """
        ).fetchall()
    )
    sold.pop("p0", None)
    best = sorted(sold.values(), reverse=True)[:5]
    assert [sold[product] for product, *_ in found] == best
    assert {reason[1:] for reason in found} == {("bestseller", None)}


def test_a_model_that_loses_is_not_used(shop, monkeypatch):
    real = customer_recommendations.likeness
    monkeypatch.setattr(
        customer_recommendations, "likeness", lambda taken: -real(taken)
    )
    assert refresh_score(shop, SCORE)["model"] == BASELINE
    assert shop.sql(
        "select distinct model, reason from scores.customer_recommendations"
    ).fetchall() == [(BASELINE, "bestseller")]
    assert shop.sql(
        "select model, is_better from ops.model_performance where decides"
    ).fetchall() == [(MODEL, False)]


def test_a_shop_without_customers_is_no_error(data, days):
    with connect(data.warehouse) as connection:
        put(connection, days.slice(0, 0))
        connection.execute("delete from features.usable_customers")
        assert refresh_score(connection, SCORE)["dagster/row_count"] == 0


def test_real_shoppers_are_hit_half_as_often_again_as_by_bestsellers(data):
    """UCI Online Retail: a year of 4,335 customers of a wholesaler."""
    days = duckdb.sql(
        f"""
        select distinct
            cast(CustomerID as varchar) as customer_id,
            StockCode as product_key,
            cast(InvoiceDate as date) + 203 + 4 * 365 + 1 as active_on,
            'bought' as kind
        from '{RETAIL}'
        where
            CustomerID is not null
            and Quantity > 0
            and regexp_matches(StockCode, '^[0-9]{{5}}')
        """
    ).to_arrow_table()
    with connect(data.warehouse) as connection:
        put(connection, days)
        until = days["active_on"].to_numpy().max().astype(object)
        found = {
            m.metric: m for m in customer_recommendations.backtest(connection, until)
        }
    assert found["hit_rate_at_5"].value > 1.4 * found["hit_rate_at_5"].baseline_value
    assert found["recall_at_5"].value > 2 * found["recall_at_5"].baseline_value


def test_where_nothing_is_sold_nothing_is_recommended(data, days):
    with connect(data.warehouse) as connection:
        put(connection, days.slice(0, 0))
        assert refresh_score(connection, SCORE)["dagster/row_count"] == 0
