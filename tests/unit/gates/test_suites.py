"""Which gate judges what, and what it expects."""

import importlib

import jinja2
import pytest

from orchestration.gates.suites import gated_nodes, key_columns, suite_for
from orchestration.project import node_gate
from orchestration.warehouse import PROJECT_ROOT


@pytest.mark.parametrize(
    ("path", "gate"),
    [
        ("staging/shop", "feeds"),
        ("core/feeds", "identity"),
        ("identity", "identity"),
        ("identity/committed", "marts"),
        ("features", "marts"),
        ("marts/customer", "marts"),
    ],
)
def test_dbt_and_python_agree_on_the_gate_of_a_model(path, gate):
    node = {"resource_type": "model", "fqn": ["customer360", *path.split("/"), "name"]}
    environment = jinja2.Environment()
    environment.globals["return"] = lambda value: value
    macro = environment.from_string(
        (PROJECT_ROOT / "macros/gates/gate_of.sql").read_text(encoding="utf-8")
    )
    assert macro.module.gate_of(node) == gate
    assert node_gate(node) == gate
    seed = {"resource_type": "seed", "fqn": ["customer360", path.split("/")[0]]}
    assert macro.module.gate_of(seed) == node_gate(seed) == "feeds"


def source(mode: str, **columns: str) -> dict:
    return {
        "unique_id": "source.project.shop.orders",
        "resource_type": "source",
        "source_name": "shop",
        "name": "orders",
        "config": {"meta": {"ingest": {"mode": mode, "key": ["id"]}}},
        "columns": {name: {"data_type": kind} for name, kind in columns.items()},
    }


def model(name: str, folder: str = "staging/shop", **more: object) -> dict:
    return {
        "unique_id": f"model.project.{name}",
        "resource_type": "model",
        "name": name,
        "fqn": ["project", *folder.split("/"), name],
        "columns": {},
        **more,
    }


def key_test(model_name: str, **test: object) -> dict:
    return {
        "resource_type": "test",
        "attached_node": f"model.project.{model_name}",
        "column_name": test.pop("column_name", None),
        "test_metadata": test,
    }


def rules(layer: str, node: dict, *tests: dict) -> set[tuple]:
    manifest = {"nodes": {str(number): test for number, test in enumerate(tests)}}
    return {
        (
            expectation.configuration.type.removeprefix("expect_"),
            expectation.configuration.kwargs.get("column"),
            expectation.configuration.severity.value,
        )
        for expectation in suite_for(layer, node, manifest)
    }


def test_an_empty_snapshot_stops_and_an_empty_increment_does_not():
    rule = "table_row_count_to_be_between"
    assert (rule, None, "critical") in rules("raw", source("snapshot", id="varchar"))
    assert (rule, None, "warning") in rules("raw", source("append", id="varchar"))


def test_typed_columns_of_a_source_are_cast_and_text_is_not():
    found = rules("raw", source("append", id="varchar", paid="decimal(18,2)"))
    castable = {column for name, column, _ in found if name.endswith("castable")}
    assert castable == {"paid"}


@pytest.mark.parametrize(
    ("node", "tests", "key"),
    [
        (model("m"), [key_test("m", column_name="id", name="unique")], ["id"]),
        (model("m"), [key_test("other", column_name="id", name="unique")], []),
        (
            model("m"),
            [key_test("m", name="unique_combination", kwargs={"columns": ["a", "b"]})],
            ["a", "b"],
        ),
        (
            model("m", constraints=[{"type": "primary_key", "columns": ["a", "b"]}]),
            [],
            ["a", "b"],
        ),
        (
            model("m", columns={"id": {"constraints": [{"type": "unique"}]}}),
            [],
            ["id"],
        ),
    ],
)
def test_the_key_is_what_tests_or_constraints_declare(node, tests, key):
    manifest = {"nodes": {str(number): test for number, test in enumerate(tests)}}
    assert key_columns(node, manifest) == key


def test_a_column_that_a_dbt_test_declares_filled_is_judged_as_filled_once():
    rule = "column_values_to_not_be_null"
    found = rules(
        "feeds",
        model("m"),
        key_test("m", column_name="id", name="unique"),
        key_test("m", column_name="id", name="not_null"),
        key_test("m", column_name="stated_at", name="not_null"),
        key_test("other", column_name="email", name="not_null"),
    )
    filled = [column for name, column, _ in found if name == rule]
    assert sorted(filled) == ["id", "stated_at"]


def test_every_declared_key_is_judged_and_not_the_shortest_alone():
    found = list(
        suite_for(
            "feeds",
            model("m"),
            {
                "nodes": {
                    "1": key_test("m", column_name="id", name="unique"),
                    "2": key_test("m", column_name="number", name="unique"),
                }
            },
        )
    )
    judged = [e.configuration.kwargs.get("column_list") for e in found]
    assert [columns for columns in judged if columns] == [["id"], ["number"]]


def test_a_test_of_some_rows_that_only_warns_is_judged_so():
    config = {"where": "kind = 'sale'", "severity": "WARN"}
    tests = [
        key_test("m", column_name="paid_at", name="not_null") | {"config": config},
        key_test("m", column_name="receipt", name="unique") | {"config": config},
    ]
    nodes = {str(number): test for number, test in enumerate(tests)}
    found = list(suite_for("feeds", model("m"), {"nodes": nodes}))
    told = {e.description: e.severity.value for e in found if e.description}
    assert told == {
        "never (kind = 'sale') and paid_at is null": "warning",
        "unique where kind = 'sale'": "warning",
    }
    assert key_columns(model("m"), {"nodes": nodes}) == []


def test_values_and_references_that_dbt_tests_hold_are_judged_with_the_table():
    kind = {"name": "accepted_values", "kwargs": {"values": ["a", "b's"]}}
    shop = {
        "name": "relationships",
        "kwargs": {"to": "ref('shops')", "field": "shop_id"},
    }
    manifest = {
        "sources": {},
        "nodes": {
            "model.project.shops": model("shops", schema="core", alias="shops_1"),
            "1": key_test("m", column_name="kind", **kind),
            "2": key_test("m", column_name="kind", **kind)
            | {"config": {"where": "is_open"}},
            "3": key_test("m", column_name="shop", **shop)
            | {"depends_on": {"nodes": ["model.project.shops", "model.project.m"]}},
        },
    }
    in_set, of_some, reference = suite_for("feeds", model("m"), manifest)[:3]
    assert in_set.configuration.kwargs["value_set"] == ["a", "b's"]
    assert of_some.description == "never (is_open) and kind not in ('a', 'b''s')"
    assert reference.description == "shop is among shop_id of core.shops_1"


def test_every_table_is_judged_by_something():
    assert rules("feeds", model("stg_shop__oddities")) == {
        ("table_row_count_to_be_between", None, "warning")
    }


def test_a_feed_inherits_its_rules_and_none_is_asked_twice():
    tested = key_test("stg_shop__orders", column_name="order_key", name="unique")
    suite = suite_for("feeds", model("stg_shop__orders"), {"nodes": {"1": tested}})
    asked = [
        (e.configuration.type, str(e.configuration.kwargs))
        for e in suite
        if "order_key"
        in (kwargs := e.configuration.kwargs).get("column_list", [kwargs.get("column")])
    ]
    assert len(asked) == len(set(asked)) == 2


def test_every_rule_that_is_written_belongs_to_a_table_and_has_a_reason(manifest):
    written = {
        "feeds": {
            node["name"].removeprefix("core__")
            for node in gated_nodes("identity", manifest)
            if "feeds" in node["fqn"]
        },
        "core": {n["name"] for n in gated_nodes("identity", manifest)},
        "identity": {n["name"] for n in gated_nodes("identity", manifest)},
    }
    subjects = {
        n["fqn"][2] for n in gated_nodes("marts", manifest) if n["fqn"][1] == "marts"
    }
    for subject in subjects:
        written[f"marts_{subject}"] = {
            n["name"] for n in gated_nodes("marts", manifest) if subject in n["fqn"]
        }
    for module, names in written.items():
        suites = importlib.import_module(f"expectations.{module}").SUITES
        assert set(suites) <= names, module
        for name, suite in suites.items():
            assert suite, name
            assert all(expectation.meta["reason"] for expectation in suite), name
