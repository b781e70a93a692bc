"""The mart of customers agrees with that of orders, of whom it is to hold."""

import duckdb

from expectations.marts_customer import SUITES
from orchestration.gates.evaluation import Target, evaluate
from orchestration.gates.gx_duckdb import execution_engine

TABLES = """
create schema marts; create schema identity;
create table identity.identity_map as
from (values ('C1', true, false), ('C2', false, false), ('C3', true, true))
    as people(customer_id, is_identified, is_excluded);
create table marts.orders as
from (values ('C1', false), ('C1', false), ('C2', false), ('C3', true), (null, false))
    as orders(customer_id, is_excluded), (select true as is_sale);
create table marts.customers as select 'C1' as customer_id, {counted} as order_count;
"""


def agrees(path, counted: int) -> bool:
    with duckdb.connect(str(path)) as connection:
        connection.execute(TABLES.format(counted=counted))
    (rule,) = (
        r for r in SUITES["customers"] if "as many orders" in (r.description or "")
    )
    with execution_engine(path) as engine:
        (finding,) = evaluate(engine, Target("marts", "customers"), [rule])
    return finding.passed


def test_orders_of_somebody_whom_only_a_blocked_address_names_do_not_count(tmp_path):
    """Who gave info@ or none@none.com alone is a visitor, whatever they ordered."""
    assert agrees(tmp_path / "right.duckdb", counted=2)
    assert not agrees(tmp_path / "short.duckdb", counted=1)
