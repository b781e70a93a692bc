"""What the marts gate says of amounts that do not add up."""

import json

import duckdb

from expectations.marts_commerce import SUITES
from expectations.marts_marketing import SUITES as MARKETING
from orchestration.gates.evaluation import Target, evaluate
from orchestration.gates.gx_duckdb import execution_engine

ORDERS = """
create schema marts;
create table marts.orders as
select
    'shop:' || i as order_key,
    'SEK' as currency,
    100.00::decimal(18, 2) as net,
    case i when 3 then 150 when 7 then 3100 else 100 end::decimal(18, 2) as refunded,
    (net / 10)::decimal(18, 2) as net_reporting,
    (refunded / 10)::decimal(18, 2) as refunded_reporting
from range(20) as orders(i)
"""


def test_refunds_larger_than_their_orders_are_told_with_the_amount_the_worst_first(
    tmp_path,
):
    with duckdb.connect(str(tmp_path / "w.duckdb")) as connection:
        connection.execute(ORDERS)
    (rule,) = (r for r in SUITES["orders"] if "refunded" in (r.description or ""))
    with execution_engine(tmp_path / "w.duckdb") as engine:
        (finding,) = evaluate(engine, Target("marts", "orders"), [rule])

    assert not finding.passed
    assert (finding.severity, finding.rows_failed, finding.rows_checked) == (
        "warning",
        2,
        20,
    )
    assert finding.extent == "found 2 of 20 rows, by 305.00 in all"
    examples = json.loads(finding.examples or "[]")
    assert [(row["order_key"], row["excess"]) for row in examples] == [
        ("shop:7", "300.00"),
        ("shop:3", "5.00"),
    ]


SPEND = """
create schema core;
create schema marts;
create table marts.campaign_performance (campaign_key varchar);
create table core.campaign_spend (day date, currency varchar, cost decimal(18, 2));
create table core.fx_rates (
    from_currency varchar, valid_from timestamp, valid_to timestamp
);
insert into core.fx_rates values
    ('USD', '0001-01-01', '9999-12-31'), ('EUR', '2020-01-01', '9999-12-31');
insert into core.campaign_spend values
    ('2026-01-01', 'USD', 5), ('2026-01-01', 'EUR', 5), ('2026-01-02', 'NGN', null);
"""


def told_of_spend(warehouse, more):
    with duckdb.connect(str(warehouse)) as connection:
        connection.execute(SPEND + more)
    (rule,) = (
        r for r in MARKETING["campaign_performance"] if "spend" in (r.description or "")
    )
    with execution_engine(warehouse) as engine:
        (finding,) = evaluate(engine, Target("marts", "campaign_performance"), [rule])
    return finding


def test_spend_in_a_currency_without_a_rate_is_told_with_its_currency(tmp_path):
    finding = told_of_spend(
        tmp_path / "w.duckdb",
        """
        insert into core.campaign_spend values
            ('2026-01-01', 'NGN', 7), ('2019-12-31', 'EUR', 2), ('2026-01-03', 'NGN', 1)
        """,
    )
    assert (finding.passed, finding.severity) == (False, "warning")
    assert json.loads(finding.examples or "[]") == [
        {"said": "2.00 EUR of 1 rows"},
        {"said": "8.00 NGN of 2 rows"},
    ]


def test_spend_that_has_rates_is_not_told(tmp_path):
    assert told_of_spend(tmp_path / "w.duckdb", "").passed
