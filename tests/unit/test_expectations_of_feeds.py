"""Bad values that systems do send close the feeds gate, or are let through."""

import re
from pathlib import Path

import duckdb
import jinja2
import pytest

from expectations.feeds import SUITES, WORDS
from orchestration.gates.evaluation import Target, evaluate
from orchestration.gates.finding import Finding
from orchestration.gates.gx_duckdb import execution_engine
from orchestration.warehouse import PROJECT_ROOT

GOOD = {
    "orders": {"order_key": "o", "ordered_at": "2026-06-01", "currency": "EUR"}
    | {"net": "1"},
    "order_lines": {"line_key": "l", "order_key": "o", "currency": "EUR"}
    | {"quantity": "1"},
    "refunds": {"refund_key": "r", "order_key": "o", "amount": "1", "currency": "EUR"},
    "payments": {"payment_key": "p", "order_key": "o", "currency": "EUR"},
    "subscriptions": {"subscription_key": "s", "record_key": "shop:customer:1"}
    | {"currency": "EUR", "started_at": "2026-06-01", "ended_at": "2026-06-02"},
    "deals": {"deal_key": "d", "currency": "EUR", "created_at": "2026-06-01"},
    "campaign_spend": {"campaign_key": "c", "day": "2026-06-01", "currency": "EUR"},
    "products": {"product_key": "p", "price": "1"},
    "tickets": {"ticket_key": "t", "opened_at": "2026-06-02"},
    "survey_responses": {"response_key": "r", "answered_at": "2026-06-01"}
    | {"score": "10", "scale_min": "0", "scale_max": "10"},
    "consents": {"statement_id": "s", "record_key": "shop:customer:1"}
    | {"purpose": "marketing", "channel": "email", "status": "denied"}
    | {"stated_at": "2026-06-01"},
}


def columns_of(feed: str) -> dict[str, str]:
    """Return the columns of a feed and their types, as its contract has them."""
    macro = (PROJECT_ROOT / "macros/feeds/feed_columns.sql").read_text()
    told: list[dict[str, str]] = []
    environment = jinja2.Environment(extensions=["jinja2.ext.do"])
    environment.globals["return"] = lambda value: told.append(value) or ""
    environment.from_string(macro).module.feed_columns(feed)
    return told[0]


def failures(
    folder: Path, feed: str, bad: dict[str, str | None], rows: int
) -> list[Finding]:
    """Judge a feed of good rows of which the first is bad."""
    table = f"stg_shop__{feed}"
    values = GOOD[feed] | bad
    columns = columns_of(feed)
    key = next(iter(GOOD[feed]))
    with duckdb.connect(str(folder / "warehouse.duckdb")) as connection:
        typed = ", ".join(f'"{name}" {kind}' for name, kind in columns.items())
        connection.execute(f"create table {table} ({typed})")
        for said, numbers in ((values, "range(1)"), (GOOD[feed], f"range(1, {rows})")):
            names = ", ".join(said)
            picked = ", ".join(
                "null"
                if text is None
                else f"'{text}' || i"
                if name == key
                else f"'{text}'"
                for name, text in said.items()
            )
            connection.execute(
                f"insert into {table} ({names}) select {picked} from {numbers} as n(i)"
            )
    with execution_engine(folder / "warehouse.duckdb") as engine:
        findings = evaluate(engine, Target("main", table), SUITES[feed])
    return [f for f in findings if not f.passed and f.severity == "error"]


@pytest.mark.parametrize(
    ("feed", "bad"),
    [
        ("orders", {"currency": "EURO"}),
        ("orders", {"status": "done"}),
        ("refunds", {"currency": "EURO"}),
        ("payments", {"currency": "€"}),
        ("subscriptions", {"currency": "Euro"}),
        ("deals", {"currency": "EURO"}),
        ("campaign_spend", {"currency": "EURO"}),
        ("consents", {"purpose": "marketting"}),
        ("consents", {"channel": "pigeon"}),
        ("consents", {"status": "maybe"}),
        ("survey_responses", {"survey_type": "stars"}),
        ("tickets", {"status": "done"}),
    ],
)
def test_one_bad_word_among_many_rows_closes_the_gate(tmp_path, feed, bad):
    (finding,) = failures(tmp_path, feed, bad, rows=2000)
    assert finding.column_name == next(iter(bad))
    assert finding.rows_failed == 1


@pytest.mark.parametrize(
    ("feed", "amount"),
    [
        ("refunds", "amount"),
        ("payments", "amount"),
        ("subscriptions", "amount"),
        ("deals", "amount"),
        ("campaign_spend", "cost"),
    ],
)
def test_an_amount_without_a_currency_closes_the_gate(tmp_path, feed, amount):
    (finding,) = failures(tmp_path, feed, {amount: "1", "currency": None}, rows=2000)
    assert finding.rows_failed == 1


def test_a_deal_of_no_amount_needs_no_currency(tmp_path):
    assert failures(tmp_path, "deals", {"currency": None}, rows=10) == []


@pytest.mark.parametrize(
    ("feed", "bad"),
    [
        ("orders", {"net": None}),
        ("orders", {"ordered_at": "2099-01-01"}),
        ("orders", {"ordered_at": "1970-01-01"}),
        ("order_lines", {"quantity": "-3"}),
        ("subscriptions", {"ended_at": "2026-05-01"}),
        ("tickets", {"solved_at": "2026-06-01"}),
        ("survey_responses", {"score": "11"}),
        ("campaign_spend", {"impressions": "1", "clicks": "2"}),
        ("products", {"price": "-5"}),
    ],
)
def test_slips_close_the_gate_where_they_are_many(tmp_path, feed, bad):
    for rows in (10, 2000):
        folder = tmp_path / str(rows)
        folder.mkdir()
        found = failures(folder, feed, bad, rows)
        assert [f.rows_failed for f in found] == ([1] if rows == 10 else [])


def test_the_guide_has_the_words_that_the_gate_knows():
    guide = (PROJECT_ROOT / "docs/guides/add-a-source.md").read_text()
    told = dict(re.findall(r"^\| `(\w+\.\w+)` \| ([\w, ]+) \|$", guide, re.MULTILINE))
    assert told == {name: ", ".join(words.split()) for name, words in WORDS.items()}
