"""What the marts gate says of amounts that do not add up."""

import json

import duckdb

from expectations.marts_commerce import SUITES
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
