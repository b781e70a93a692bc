"""The landing files of the sample world: shape, sameness, dirt, realism."""

import hashlib
import json
from collections import defaultdict
from datetime import timedelta
from pathlib import Path

import duckdb
import phonenumbers
import pytest
import yaml

from orchestration.ingestion.naming import snake_case
from orchestration.universe import UniverseError, dirt, write_universe
from orchestration.universe.write import DEFAULT_END
from orchestration.warehouse import PROJECT_ROOT
from tests.unit.universe.conftest import SIZE
from tests.unit.universe.reading import read_rows, table_rows

SYSTEMS = {
    "ads", "beacons", "consent", "demographics", "hubspot", "klaviyo", "pos",
    "segment", "shopify", "social", "surveys", "zendesk",
}  # fmt: skip


def digests(root: Path) -> dict[str, str]:
    return {
        str(path.relative_to(root)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(root.rglob("*"))
        if path.is_file()
    }


def declared_columns() -> dict[str, set[str]]:
    tables = {}
    for path in (PROJECT_ROOT / "models" / "staging").glob("*/*sources.yml"):
        for source in yaml.safe_load(path.read_text())["sources"]:
            for table in source["tables"]:
                names = {column["name"] for column in table["columns"]}
                tables[f"{source['name']}/{table['name']}"] = names
    return tables


def test_the_same_seed_writes_the_same_bytes(world, tmp_path):
    write_universe(tmp_path, **SIZE)
    assert digests(tmp_path) == digests(world)


def test_rows_stand_in_order_whatever_plan_the_database_chose(world):
    orders = [int(row["order_number"]) for row in table_rows(world, "shopify/orders")]
    calls = [
        tuple(map(int, row["messageId"].removeprefix("ajs-next-").split("-")))
        for row in table_rows(world, "segment/events")
    ]
    assert len(orders) > 100
    assert orders == sorted(orders)
    assert len(calls) > 1000
    assert calls == sorted(calls)


def test_another_seed_writes_other_people(world, tmp_path):
    write_universe(tmp_path, **SIZE | {"seed": 12, "customers": 60, "days": 5})
    names = [
        {row["email"] for row in table_rows(root, "shopify/customers")}
        for root in (world, tmp_path)
    ]
    assert len(names[0] & names[1]) < len(names[1]) / 2


def test_all_twelve_systems_write_files(world):
    assert {path.name for path in (world / "landing").iterdir()} == SYSTEMS


@pytest.mark.parametrize("table", sorted(declared_columns()))
def test_a_file_has_the_columns_that_its_source_declares(world, table):
    for path in (world / "landing" / table).iterdir():
        rows, _ = read_rows(path)
        assert {snake_case(name) for name in rows[0]} == declared_columns()[table]


def test_damaged_lines_are_as_many_as_the_truth_says(world):
    expected = json.loads((world / "truth" / "expected_dirt.json").read_text())
    for path in sorted((world / "landing").rglob("*.*")):
        name = str(path.relative_to(world / "landing"))
        if name in expected["resent_files"]:
            continue
        refused = expected["files"].get(name, {}).get("quarantined_at_load", 0)
        assert len(read_rows(path)[1]) == refused, name


def test_planted_kinds_reach_load_and_cast(world):
    expected = json.loads((world / "truth" / "expected_dirt.json").read_text())
    kinds = {kind for entry in expected["files"].values() for kind in entry["planted"]}
    assert kinds == {
        "broken_quote", "duplicated_row", "impossible_date", "invalid_utf8",
        "letter_in_number", "not_json", "too_few_fields", "truncated_json",
    }  # fmt: skip
    deals = table_rows(world, "hubspot/deals")
    miscast = [row for row in deals if not row["Amount"].replace(".", "").isdigit()]
    entry = expected["files"][f"hubspot/deals/{DEFAULT_END}.csv"]
    assert len(miscast) == entry["quarantined_at_cast"]


def test_a_small_file_is_not_damaged(tmp_path, monkeypatch):
    monkeypatch.setattr(dirt, "FEWEST_ROWS", 200)
    summary = write_universe(tmp_path, **SIZE)
    expected = json.loads((tmp_path / "truth" / "expected_dirt.json").read_text())
    damaged = {path.rpartition("/")[0] for path in expected["files"]}
    assert "segment/events" in damaged
    assert min(summary.rows[table] for table in damaged) >= 200
    assert min(summary.rows.values()) < 200


def test_a_file_is_delivered_twice_under_two_names(world):
    folder = world / "landing" / "consent" / "statements"
    again = folder / f"{DEFAULT_END}_resent.csv"
    assert again.read_bytes() == (folder / f"{DEFAULT_END}.csv").read_bytes()


def test_phones_are_possible_numbers_of_their_country(world):
    members = table_rows(world, "pos/members")
    stated = [row for row in members if row["phone"].strip("0")]
    valid = sum(
        phonenumbers.is_valid_number(
            phonenumbers.parse(row["phone"], row["country_code"])
        )
        for row in stated
    )
    assert len(stated) > 60
    assert valid == len(stated)


def test_names_come_in_several_scripts(world):
    given = duckdb.sql(f"select given_name from '{world}/truth/people.parquet'")
    names = "".join(name for (name,) in given.fetchall())
    for script in ("\u0400\u04ff", "\u0600\u06ff", "\u4e00\u9fff", "\uac00\ud7a3"):
        assert any(script[0] <= letter <= script[1] for letter in names), script


def test_orders_add_up(world):
    for order in table_rows(world, "shopify/orders"):
        shipping = float(order["shipping_lines"][0]["price"])
        lines = sum(float(x["price"]) * x["quantity"] for x in order["line_items"])
        net = float(order["subtotal_price"]) + float(order["total_tax"]) + shipping
        assert abs(lines - float(order["total_line_items_price"])) < 0.01
        assert abs(net - float(order["total_price"])) < 0.02


def test_till_lines_add_up_to_their_transaction(world):
    totals = defaultdict(float)
    for line in table_rows(world, "pos/lines"):
        if line["quantity"].lstrip("-").isdigit():
            totals[line["transaction_id"]] += float(line["unit_price"]) * int(
                line["quantity"]
            )
    for row in table_rows(world, "pos/transactions"):
        assert abs(float(row["gross"]) - totals[row["transaction_id"]]) < 0.01
        net = float(row["gross"]) - float(row["discount"]) + float(row["tax"])
        assert abs(net - float(row["total"])) < 0.011


def test_a_return_gives_back_an_earlier_purchase_and_never_more(tmp_path):
    write_universe(tmp_path, **SIZE | {"customers": 1500, "days": 90})
    sales = {
        row["transaction_id"]: row for row in table_rows(tmp_path, "pos/transactions")
    }
    returns = [row for row in sales.values() if row["original_transaction_id"]]
    shares = []
    for row in returns:
        sale = sales[row["original_transaction_id"]]
        assert not sale["original_transaction_id"]
        assert sale["sold_at"] < row["sold_at"]
        for same in ("store_id", "currency", "loyalty_id", "payment_token"):
            assert row[same] == sale[same], same
        shares.append(-float(row["total"]) / float(sale["total"]))
    assert returns
    assert len({row["original_transaction_id"] for row in returns}) == len(returns)
    assert 0 < min(shares) < max(shares) == 1


def test_nothing_is_dated_after_the_end(world):
    end = str(DEFAULT_END + timedelta(days=1))
    for table, column in {
        "shopify/orders": "created_at",
        "segment/events": "receivedAt",
        "zendesk/tickets": "created_at",
        "pos/transactions": "sold_at",
        "surveys/responses": "answered_at",
        "social/posts": "created_at",
    }.items():
        assert max(row[column] for row in table_rows(world, table)) < end, table


def test_some_people_are_known_to_one_system_and_most_to_more(world):
    systems = duckdb.sql(
        f"""
        select count(distinct split_part(record_key, ':', 1)) as systems
        from '{world}/truth/person_records.parquet'
        where person_id like 'p%'
        group by person_id
        """
    ).fetchall()
    share = sum(count > 1 for (count,) in systems) / len(systems)
    assert 0.6 < share < 0.9


def test_a_folder_with_other_files_is_refused(tmp_path):
    strange = tmp_path / "landing" / "shopify" / "orders" / "mine.jsonl"
    strange.parent.mkdir(parents=True)
    strange.write_text("{}")
    with pytest.raises(UniverseError, match="not of a sample world"):
        write_universe(tmp_path, **SIZE)


def test_another_world_in_the_folder_is_refused(world):
    with pytest.raises(UniverseError, match="holds another world"):
        write_universe(world, **SIZE | {"seed": 99})
