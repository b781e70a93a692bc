"""What other rules would change in a small world; asking changes nothing."""

from __future__ import annotations

import hashlib
import shutil
from pathlib import Path

import duckdb
import pytest

from orchestration.identity.impact import FURTHER_MODELS, assess
from orchestration.identity.impact_comparison import ATTRIBUTES, Impact
from orchestration.matching.trial import SEEDS
from orchestration.warehouse import PROJECT_ROOT, DataDir
from tests.pipeline.identity_chain import IdentityChain, states

ORDERS = """
select
    record_key,
    cast(ordered_at as timestamp) as ordered_at,
    true as is_sale,
    cast(amount as decimal(18, 2)) as revenue_reporting,
    cast(0 as decimal(18, 2)) as refunded_reporting,
    'web' as channel
from (
    values
    ('crm:contact:ann', '2026-01-01', 30),
    ('shop:customer:ann', '2026-02-01', 70),
    ('crm:contact:bob', '2026-03-01', 5),
    ('shop:customer:bob', '2026-03-05', 4),
    ('crm:contact:eve', '2026-03-08', 900)
) as orders (record_key, ordered_at, amount)
"""
LINES = """
select
    *,
    'shoes' as category,
    revenue_reporting as net_reporting
from {{ ref('core__order_values') }}
"""
FACTS = {
    "core/core__as_of.sql": "select timestamp '2026-04-01' as as_of",
    "core/core__order_values.sql": ORDERS,
    "core/core__line_values.sql": LINES,
    "core/core__current_profiles.sql": "select * from {{ ref('core__profiles') }}",
}
CUSTOMERS = f"""
create table marts.customers as
select
    customer_id,
    {", ".join(ATTRIBUTES)},
    coalesce(orders.order_count, 0) as order_count,
    cast(coalesce(orders.revenue_reporting, 0) as decimal(18, 2)) as revenue_reporting,
    rfm.rfm_segment
from features.golden_record as golden
left join features.customer_order_features as orders using (customer_id)
left join marts.customer_rfm as rfm using (customer_id)
"""
RECORDS = {
    "crm:contact:ann": ("Ann", {"email": "ann@mail.com", "phone": "+15550100200"}),
    "shop:customer:ann": (None, {"user_id": "u1", "phone": "+15550100200"}),
    "crm:contact:bob": ("Bob", {"user_id": "u9", "email": "info@bob.com"}),
    "shop:customer:bob": (None, {"user_id": "u2", "email": "info@bob.com"}),
    "crm:contact:eve": ("Eve", {"email": "eve@mail.com"}),
}
ANN, ANNIE, BOB, BOB_AGAIN = (f"C000000000{n}" for n in range(1, 5))


@pytest.fixture(scope="module")
def data(tmp_path_factory) -> DataDir:
    """A warehouse of three people; Bob is two customers, as he gives a role address."""
    models = {
        path: (PROJECT_ROOT / "models" / path).read_text() for path in FURTHER_MODELS
    }
    chain = IdentityChain(tmp_path_factory.mktemp("now"), FACTS | models)
    chain.dbt("seed", "--select", *SEEDS, "survivorship_rules", "rfm_segments")
    chain.dbt("run", "--select", "core")
    chain.run(
        identifiers=[
            row
            for number, (key, (_, values)) in enumerate(RECORDS.items())
            for row in states(key, f"2026-01-01|a|0{number}", **values)
        ],
        profiles=[
            {"record_key": key, "given_name": name, "family_name": "Fox"}
            for key, (name, _) in RECORDS.items()
            if name
        ],
    )
    chain.dbt("run", "--select", "features", "marts")
    with duckdb.connect(str(chain.warehouse)) as connection:
        connection.execute(CUSTOMERS)
    assert len(set(chain.customers().values())) == 4
    return DataDir(chain.root)


@pytest.fixture(scope="module")
def found(data, tmp_path_factory) -> Impact:
    """The impact of letting phones join nobody, and role addresses join people."""
    folder = tmp_path_factory.mktemp("rules")
    rules = (PROJECT_ROOT / "seeds/identity_rules.csv").read_text()
    phone = "phone,5,true,true,false,10,,2,,"
    assert phone in rules
    (folder / "identity_rules.csv").write_text(
        rules.replace(phone, "phone,5,false,true,false,,,2,,")
    )
    (folder / "blocked_identifiers.csv").write_text(
        "identifier_type,pattern,reason\nemail,x@%,nobody\n"
    )
    shutil.copy(PROJECT_ROOT / "seeds/nicknames.csv", folder)
    before = digest(data.warehouse)
    impact = assess(data, folder)
    assert digest(data.warehouse) == before
    return impact


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def test_it_is_told_who_merges_and_who_splits(found):
    changes = {
        (row["change"], row["old_customer_id"], row["new_customer_id"]): row
        for row in found.changes
    }
    assert changes.keys() == {("split", ANN, ANNIE), ("merged", BOB_AGAIN, BOB)}
    merged = changes["merged", BOB_AGAIN, BOB]
    assert (merged["evidence"], merged["evidence_value"]) == ("email", "info@bob.com")
    assert merged["new_name"] == "Bob Fox"
    assert found.rules == ["blocked_identifiers.csv", "identity_rules.csv"]
    assert not found.is_behind
    assert found.figures["merged_ids"] == found.figures["split_ids"] == 1


def test_it_is_told_whose_value_changes_and_whose_does_not(found):
    revenue = {
        row["customer_id"]: (row["revenue_before"], row["revenue_after"])
        for row in found.customers
    }
    assert revenue == {
        ANN: (100, 30),
        ANNIE: (None, 70),
        BOB: (5, 9),
        BOB_AGAIN: (4, None),
    }
    figures = found.figures
    assert (figures["customers_before"], figures["customers_after"]) == (4, 4)
    assert figures["revenue_before"] == figures["revenue_after"] == 1009
    assert figures["revenue_that_moves"] == 74
    assert {row["customer_id"]: row["segment_after"] for row in found.customers}[ANNIE]
    assert found.attributes == {"email": 1}
