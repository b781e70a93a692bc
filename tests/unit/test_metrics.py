"""Every metric is a query that the marts answer, and the answer is the right one."""

from collections.abc import Iterator

import duckdb
import pytest

from orchestration.metrics import MetricError, Metrics
from orchestration.project import Manifest, target_path


@pytest.fixture(scope="module")
def metrics(manifest: Manifest) -> Metrics:
    return Metrics(target_path() / "semantic_manifest.json")


@pytest.fixture(scope="module")
def release(manifest: Manifest) -> Iterator[duckdb.DuckDBPyConnection]:
    """The marts that metrics are about, with a few orders."""
    with duckdb.connect() as connection:
        connection.execute("create schema marts")
        for node in manifest["nodes"].values():
            if node["resource_type"] == "model" and node["schema"] == "marts":
                columns = ", ".join(
                    f'"{name}" {column["data_type"]}'
                    for name, column in node["columns"].items()
                )
                connection.execute(f"create table marts.{node['alias']} ({columns})")
        connection.execute(
            """
            insert into marts.orders by name
            select
                'o' || n as order_key,
                'c' || n % 2 as customer_id,
                n = 4 as is_excluded,
                timestamp '2026-01-31' + to_days(n) as ordered_at,
                true as is_sale,
                10.05 * n as revenue_reporting
            from range(0, 5) as numbers (n);
            insert into marts.customers by name
            select 'c0' as customer_id, 'loyal' as rfm_segment;
            """
        )
        yield connection


def test_the_release_answers_every_metric_alone_and_by_month(metrics, release):
    assert len(metrics.descriptions) >= 20
    for name in metrics.descriptions:
        for by in ([], ["metric_time__month"]):
            release.execute(metrics.sql([name], by)).fetchall()


def test_revenue_leaves_out_the_excluded_and_joins_customers_by_name(metrics, release):
    answer = release.sql(metrics.sql(["revenue"], ["customer__rfm_segment"]))
    assert {row[0]: float(row[1]) for row in answer.fetchall()} == {
        "loyal": pytest.approx(20.10),
        None: pytest.approx(40.20),
    }
    months = release.sql(metrics.sql(["revenue"], ["metric_time__month"])).fetchall()
    assert [(month.month, float(value)) for month, value in months] == [
        (1, 0),
        (2, pytest.approx(60.30)),
    ]


def test_a_wrong_name_is_answered_with_the_right_ones(metrics):
    with pytest.raises(MetricError, match="Did you mean revenue"):
        metrics.sql(["revenu"])
    with pytest.raises(MetricError, match="customer__rfm_segment"):
        metrics.sql(["revenue"], ["segment"])


def test_groups_are_those_that_all_metrics_have(metrics):
    assert "customer__rfm_segment" in metrics.group_bys(["revenue"])
    assert set(metrics.group_bys(["revenue", "tickets"])) < set(
        metrics.group_bys(["revenue"])
    )
