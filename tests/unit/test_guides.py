"""What guides show is true: queries run on the marts, and commands exist."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest
import yaml

from orchestration.project import PROJECT_ROOT, Manifest
from reference.commands import commands

GUIDE = PROJECT_ROOT / "docs/guides/which-mart.md"
QUERIES = [
    query
    for guide in (GUIDE, PROJECT_ROOT / "docs/guides/bi.md")
    for query in re.findall(r"```sql\n(.*?)```", guide.read_text(), re.DOTALL)
]
PAGES = [
    PROJECT_ROOT / "README.md",
    PROJECT_ROOT / "CONTRIBUTING.md",
    *sorted((PROJECT_ROOT / "docs").rglob("*.md")),
]
SUPERSET = PROJECT_ROOT / "docs/bi/superset"


def contracted_marts(manifest: Manifest) -> list[dict]:
    return [
        node
        for node in manifest["nodes"].values()
        if node["resource_type"] == "model" and node["schema"] == "marts"
    ]


@pytest.fixture(scope="module")
def release(manifest: Manifest) -> Iterator[duckdb.DuckDBPyConnection]:
    """A release without rows."""
    with duckdb.connect() as connection:
        connection.execute("create schema marts")
        connection.execute(
            "create table marts._published "
            "(run_id varchar, published_at timestamp, project_version varchar)"
        )
        for mart in contracted_marts(manifest):
            columns = ", ".join(
                f'"{column["name"]}" {column["data_type"]}'
                for column in mart["columns"].values()
            )
            connection.execute(f"create table marts.{mart['alias']} ({columns})")
        yield connection


@pytest.mark.parametrize("query", QUERIES)
def test_a_query_of_the_guide_runs(release, query):
    assert release.execute(query).description


def test_the_guide_names_every_mart(manifest):
    guide = GUIDE.read_text()
    missing = [
        mart["alias"]
        for mart in contracted_marts(manifest)
        if f"`{mart['alias']}`" not in guide
    ]
    assert missing == []


def typed(page: Path) -> Iterator[str]:
    """Yield the c360 and make commands of a page: of its blocks and between backticks.

    What follows two spaces or a # in a block explains the command.
    """
    text = page.read_text()
    for block in re.findall(r"^```[a-z]*\n(.*?)^```", text, re.DOTALL | re.MULTILINE):
        for line in block.replace("\\\n", " ").split("\n"):
            said = re.split(r"\s{2,}(?!--)|\s#", line.strip().removeprefix("$ "))[0]
            yield from re.findall(r"(?:^|&& )((?:c360|make) [^&|>]+)", said)
    yield from re.findall(r"`((?:c360|make) [^`]+)`", re.sub(r"\s+", " ", text))


def wrong(command: str, known: dict[str, Any]) -> str | None:
    """Return what is wrong with a command, or None."""
    if command.startswith("make "):
        target = command.split()[1]
        makefile = (PROJECT_ROOT / "Makefile").read_text()
        found = re.search(rf"^{re.escape(target)}:", makefile, re.MULTILINE)
        return None if found else f"no target {target}"
    words = command.split()
    names = [words[0]]
    for word in words[1:]:
        if not any(
            f"{name} ".startswith(" ".join([*names, word, ""])) for name in known
        ):
            break
        names.append(word)
    name = " ".join(names)
    if name not in known:
        rest = words[len(names) :]
        # A family of commands may be named as a whole: `c360 privacy`, `c360 privacy …`
        is_family = len(names) > 1 and (not rest or rest[0] == "…")
        return None if is_family or rest == ["--help"] else f"no command {command}"
    options = {"--help"}.union(*(p.opts + p.secondary_opts for p in known[name].params))
    unknown = {word.split("=")[0] for word in words if word.startswith("--")} - options
    return f"{name} has no {', '.join(unknown)}" if unknown else None


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_every_command_that_a_page_shows_exists(page):
    known = commands()
    assert [found for said in typed(page) if (found := wrong(said, known))] == []


@pytest.mark.parametrize(
    ("command", "complaint"),
    [
        ("c360 privcy log", "no command"),
        ("c360 privacy forget ann", "no command"),
        ("c360 run --fast", "has no --fast"),
        ("make coffee", "no target"),
    ],
)
def test_a_command_that_does_not_exist_is_noticed(command, complaint):
    assert complaint in wrong(command, commands())


def imported(folder: str) -> list[dict]:
    return [yaml.safe_load(path.read_text()) for path in (SUPERSET / folder).iterdir()]


def test_the_superset_dashboard_asks_for_what_marts_have(release):
    datasets = {dataset["uuid"]: dataset for dataset in imported("datasets")}
    for dataset in datasets.values():
        asked = [column["column_name"] for column in dataset["columns"]]
        asked += [metric["expression"] for metric in dataset["metrics"]]
        for expression in asked:
            release.execute(f"select {expression} from marts.{dataset['table_name']}")
    for chart in imported("charts"):
        dataset, params = datasets[chart["dataset_uuid"]], chart["params"]
        metrics = params.get("metrics", [params.get("metric")])
        groups = params.get("groupby", [])
        groups = [groups] if isinstance(groups, str) else groups
        columns = {column["column_name"] for column in dataset["columns"]}
        assert set(metrics) <= {metric["metric_name"] for metric in dataset["metrics"]}
        assert {*groups, params.get("x_axis", groups[0] if groups else "")} <= columns


def test_the_superset_dashboard_shows_every_chart():
    (dashboard,) = imported("dashboards")
    shown = {
        part["meta"]["uuid"]
        for name, part in dashboard["position"].items()
        if name.startswith("CHART-")
    }
    assert shown == {chart["uuid"] for chart in imported("charts")}


def test_the_guide_says_the_words_that_feeds_take(manifest):
    guide = (PROJECT_ROOT / "docs/guides/add-a-source.md").read_text(encoding="utf-8")
    told = {
        (f"core__{feed}", column): set(words.split(", "))
        for feed, column, words in re.findall(
            r"^\| `(\w+)\.(\w+)` \| ([a-z0-9_, ]+) \|$", guide, re.MULTILINE
        )
    }
    declared = {
        (test["attached_node"].split(".")[-1], test["column_name"]): set(
            test["test_metadata"]["kwargs"]["values"]
        )
        for test in manifest["nodes"].values()
        if test["resource_type"] == "test"
        and (test.get("test_metadata") or {}).get("name") == "accepted_values"
        and test["fqn"][1:3] == ["core", "feeds"]
    }
    assert told == declared
