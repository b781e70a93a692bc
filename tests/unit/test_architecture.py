"""The house rules, held by a walk over the manifest."""

import re
from pathlib import Path

import pytest

from orchestration.project import (
    GATES,
    LAYERS,
    LEDGERS,
    PROJECT_ROOT,
    SCORES,
    Manifest,
    node_gate,
    node_layer,
)

MAY_READ = {
    "staging": {"staging"},
    "core": {"staging", "core"},
    "identity": {"core", "identity"},
    "features": {"core", "identity", "features"},
    "marts": {"core", "identity", "features", "marts"},
}


# Models of a folder that one model gathers, by folder, and how many there are at least.
GATHERED = {
    "segments": ("segment_members", 10),
    "audiences": ("audience_candidates", 3),
}


def models(manifest: Manifest) -> list[dict]:
    """Return the models that make a table or a view; others are part of one."""
    return [
        node
        for node in manifest["nodes"].values()
        if node["resource_type"] == "model" and folder(node) not in GATHERED
    ]


def folder(node: dict) -> str:
    return node["fqn"][1]


def raw_tables(manifest: Manifest) -> dict[str, dict]:
    """Return the sources that are loaded; the others are written by the pipeline."""
    return {
        unique_id: node
        for unique_id, node in manifest["sources"].items()
        if node["source_name"] not in (*LEDGERS, SCORES)
    }


def systems(manifest: Manifest) -> set[str]:
    return {node["source_name"] for node in raw_tables(manifest).values()}


def test_nothing_past_staging_names_a_system(manifest):
    names = re.compile(rf"\b({'|'.join(sorted(systems(manifest)))})\b")
    words_of_our_own = {"social", "consent", "ads", "pos", "segment"}  # plain words too
    offenders = {
        node["name"]: sorted(set(names.findall(node["raw_code"])) - words_of_our_own)
        for node in models(manifest)
        if folder(node) != "staging"
    }
    assert {name: found for name, found in offenders.items() if found} == {}


def test_a_layer_reads_only_what_stands_before_it(manifest):
    wrong = [
        f"{node['name']} reads {parent['name']}"
        for node in models(manifest)
        for parent_id in node["depends_on"]["nodes"]
        if (parent := manifest["nodes"].get(parent_id))
        and parent["resource_type"] == "model"
        and folder(parent) not in MAY_READ[folder(node)]
    ]
    assert wrong == []


@pytest.mark.parametrize("gathered", GATHERED)
def test_what_a_model_gathers_reads_what_that_model_is_built_after(manifest, gathered):
    gatherer, least = GATHERED[gathered]
    nodes = {node["name"]: node for node in manifest["nodes"].values()}
    readable = set(nodes[gatherer]["depends_on"]["nodes"])
    found = [n for n in manifest["nodes"].values() if n["fqn"][1] == gathered]
    assert len(found) >= least
    for node in found:
        assert set(node["depends_on"]["nodes"]) <= readable, node["name"]


def test_only_staging_reads_raw_tables(manifest):
    raw = raw_tables(manifest).keys()
    wrong = [
        node["name"]
        for node in models(manifest)
        if folder(node) != "staging" and raw & set(node["depends_on"]["nodes"])
    ]
    assert wrong == []


def test_only_marts_about_the_pipeline_and_decisions_read_its_ledgers(manifest):
    ledgers = {
        unique_id
        for unique_id, node in manifest["sources"].items()
        if node["source_name"] in LEDGERS
    }
    readers = {
        node["name"]
        for node in models(manifest)
        if ledgers & set(node["depends_on"]["nodes"])
    }
    assert readers == {
        "freshness",
        "data_quality",
        "identity_quality",
        "model_performance",
        "int_identity__decisions",
        "erasure_receipts",
        "direct_refusals",
        "restricted_customers",
        "rectified_values",
        "access_log",
    }


def test_whatever_lands_reaches_the_marts_about_the_pipeline(manifest):
    from orchestration.definitions import build_defs
    from orchestration.sensors import reached_by

    repository = build_defs(manifest).get_repository_def()
    reached = {
        "/".join(key.path) for key in reached_by(repository, ["surveys/responses"])
    }
    assert {"marts/freshness", "marts/data_quality", "published/release"} <= reached
    assert "ops/freshness" not in reached
    assert reached_by(repository, ["nobody/knows"]) == []


def test_a_ledger_tells_when_it_was_written(manifest):
    """Without that, what reads it would be built once and never again."""
    silent = [
        node["name"]
        for unique_id, node in manifest["sources"].items()
        if unique_id not in raw_tables(manifest)
        and not node["config"]["loaded_at_query"]
    ]
    assert silent == []


def test_a_source_is_a_folder(manifest):
    """Staging of one system reads no other: deleting its folder deletes it."""
    wrong = [
        f"{node['name']} reads {parent_id}"
        for node in models(manifest)
        if folder(node) == "staging"
        for parent_id in node["depends_on"]["nodes"]
        if parent_id.startswith(("source.", "model."))
        and node["fqn"][2]
        not in (
            parent_id.split(".")[2],
            manifest["nodes"].get(parent_id, {"fqn": [""] * 3})["fqn"][2],
        )
    ]
    assert wrong == []


def test_identity_steps_are_private_and_what_they_commit_is_not(manifest):
    access = {
        node["name"]: node["config"]["access"]
        for node in models(manifest)
        if folder(node) == "identity"
    }
    committed = {n["name"] for n in models(manifest) if "committed" in n["fqn"]}
    assert {"identity_map"} <= committed
    assert {name for name in access if access[name] != "private"} == committed


def test_marts_are_public_and_under_contract(manifest):
    wrong = [
        node["name"]
        for node in models(manifest)
        if folder(node) == "marts"
        and (
            node["config"]["access"] != "public"
            or not node["config"]["contract"]["enforced"]
        )
    ]
    assert wrong == []


def test_the_first_sentence_of_a_model_is_its_grain(manifest):
    wrong = [
        node["name"]
        for node in models(manifest)
        if not node["description"].startswith("One row")
    ]
    assert wrong == []


def test_every_column_is_described(manifest):
    nodes = [*models(manifest), *manifest["sources"].values()]
    wrong = [
        f"{node['name']}.{column['name']}"
        for node in nodes
        for column in node["columns"].values()
        if not column["description"]
    ]
    wrong += [f"{node['name']} describes none" for node in nodes if not node["columns"]]
    assert wrong == []


def test_every_model_belongs_to_a_layer_and_stands_behind_a_gate(manifest):
    for node in models(manifest):
        assert node_layer(node), node["name"]
        assert node_gate(node), node["name"]


def test_every_model_records_its_build_and_asks_for_the_gate_before_it(manifest):
    for node in models(manifest):
        before = " ".join(hook["sql"] for hook in node["config"]["pre-hook"])
        after = " ".join(hook["sql"] for hook in node["config"]["post-hook"])
        assert "require_gate" in before, node["name"]
        assert "record_build" in after, node["name"]


def test_a_layer_is_one_step_and_a_gate_is_one_step(manifest):
    """A test or check that reads across layers would make Dagster split them."""
    from orchestration.definitions import build_defs

    steps = build_defs(manifest).resolve_job_def("refresh").graph.node_dict
    wanted = {f"build_{layer}" for layer in LAYERS} | {f"gate_{gate}" for gate in GATES}
    assert {name for name in steps if name.startswith(("build_", "gate_"))} == wanted


def test_scores_wait_for_what_they_read_and_marts_for_scores(manifest):
    """A table that no layer builds would be an asset of nobody, waited for by none."""
    from orchestration.definitions import build_defs
    from orchestration.scores.assets import ALL

    assets = build_defs(manifest).get_repository_def().asset_graph
    for score in ALL:
        (key,) = (
            k for k in assets.get_all_asset_keys() if k.path == [SCORES, score.name]
        )
        parents = assets.get(key).parent_keys
        assert len(parents) == len(score.reads)
        assert parents <= assets.materializable_asset_keys, score.name
        assert assets.get(key).child_keys, f"no mart reads {score.name}"


@pytest.mark.parametrize("path", sorted((PROJECT_ROOT / "macros").rglob("*.sql")))
def test_a_file_holds_one_macro_and_its_dispatched_variants(path: Path):
    names = re.findall(r"{%-?\s*(?:macro|test)\s+(\w+)", path.read_text())
    concepts = {re.sub(r"^(default|duckdb|spark)__", "", name) for name in names}
    if "{% materialization" not in path.read_text():
        assert len(concepts) == 1, names


@pytest.mark.parametrize(
    "folder", ["cross_db", "feeds", "gates", "ingestion", "standardise"]
)
def test_macros_that_staging_calls_name_each_other_by_package(manifest, folder):
    """In a project that installs this one, bare names of our macros mean nothing."""
    names = "|".join(
        macro["name"]
        for macro in manifest["macros"].values()
        if macro["package_name"] == "customer360"
    )
    bare_call = re.compile(rf"(?<![\w.])(?<!macro )({names})\(")
    found = {
        path.name: calls
        for path in (PROJECT_ROOT / "macros" / folder).glob("*.sql")
        for tags in [re.findall(r"{[{%].*?[}%]}", path.read_text(), re.DOTALL)]
        if (calls := bare_call.findall(" ".join(tags)))
    }
    assert found == {}


# What reshapes rows; a model without any of these hands columns on.
LOGIC = re.compile(r"\b(join|where|group by|qualify|over|union|with_customer)\b")


def test_every_model_with_logic_has_a_unit_test(manifest):
    """Feeds only unite, and the steps of identity are tested as one in tests/."""
    tested = {test["model"] for test in manifest["unit_tests"].values()}
    untested = {
        node["name"]
        for node in manifest["nodes"].values()
        if node["resource_type"] == "model"
        and folder(node) in {"core", "features", "marts", *GATHERED}
        and "feeds" not in node["fqn"]
        and LOGIC.search(node["raw_code"])
    }
    assert untested - tested == set()
