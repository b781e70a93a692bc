"""The queries that guides show run on the marts as their contracts define them."""

import re
from collections.abc import Iterator

import duckdb
import pytest

from orchestration.project import PROJECT_ROOT, Manifest

GUIDE = PROJECT_ROOT / "docs/guides/which-mart.md"
QUERIES = [
    query
    for guide in (GUIDE, PROJECT_ROOT / "docs/guides/bi.md")
    for query in re.findall(r"```sql\n(.*?)```", guide.read_text(), re.DOTALL)
]


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
