"""Metrics by name: MetricFlow writes the SQL, and the published release answers it.

Belongs here: the metrics that models/semantic declares, and the SQL of a question.
MetricFlow is used as a library, of the manifest that dbt wrote: its own command runs
another dbt. Does not belong here: how a terminal shows the answer (commands/metric.py).
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from difflib import get_close_matches
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from metricflow.engine.metricflow_engine import MetricFlowEngine


class MetricError(ValueError):
    """A question that metrics cannot answer; the message says what would do."""


class Metrics:
    """The metrics of a project, as its semantic manifest declares them."""

    def __init__(self, semantic_manifest: Path) -> None:
        self._manifest: dict[str, Any] = json.loads(
            semantic_manifest.read_text(encoding="utf-8")
        )
        spines = self._manifest["project_configuration"]["time_spines"]
        for holder in (*self._manifest["semantic_models"], *spines):
            relation = holder["node_relation"]
            # A release holds the marts under another name of a database.
            relation["relation_name"] = f"{relation['schema_name']}.{relation['alias']}"

    @property
    def descriptions(self) -> dict[str, str]:
        """What each metric is, by its name."""
        return {m["name"]: m["description"] for m in self._manifest["metrics"]}

    def group_bys(self, names: Sequence[str]) -> list[str]:
        """Return what all of some metrics can be grouped by.

        Raises:
            MetricError: there is no such metric.
        """
        self._check(names)
        found = self._engine.simple_dimensions_for_metrics(list(names))
        return sorted({dimension.dunder_name for dimension in found})

    def sql(
        self,
        names: Sequence[str],
        by: Sequence[str] = (),
        where: Sequence[str] = (),
        limit: int | None = None,
    ) -> str:
        """Return the query of some metrics, for the tables of a release.

        Args:
            names: the metrics.
            by: what to group by, such as customer__rfm_segment or metric_time__month.
            where: conditions as MetricFlow writes them, such as
                `{{ Dimension('order__channel') }} = 'store'`.
            limit: rows at most.

        Raises:
            MetricError: a metric is unknown, or cannot be asked for in this way.
        """
        from metricflow.engine.metricflow_engine import MetricFlowQueryRequest
        from metricflow_semantics.errors.error_classes import MetricFlowException

        self._check(names)
        try:
            explained = self._engine.explain(
                MetricFlowQueryRequest.create(
                    metric_names=list(names),
                    group_by_names=list(by),
                    where_constraints=list(where),
                    order_by_names=list(by),
                    limit=limit,
                )
            )
        except MetricFlowException as error:
            asked = " and ".join([*by, *where])
            raise MetricError(
                f"{', '.join(names)} cannot be asked for by {asked}. Names to use are "
                f"{', '.join(self.group_bys(names))}; a time takes a grain, as in "
                "metric_time__month."
            ) from error
        return explained.sql_statement.without_descriptions.sql

    def _check(self, names: Sequence[str]) -> None:
        for name in names:
            if name not in self.descriptions:
                near = get_close_matches(name, self.descriptions, n=1)
                hint = f" Did you mean {near[0]}?" if near else ""
                raise MetricError(
                    f"There is no metric {name}.{hint} c360 metric lists them all."
                )

    @cached_property
    def _engine(self) -> MetricFlowEngine:
        # Imported here, since it takes a second that other commands need not wait.
        from metricflow.engine.metricflow_engine import MetricFlowEngine
        from metricflow.protocols.sql_client import SqlEngine
        from metricflow.sql.render.duckdb_renderer import DuckDbSqlPlanRenderer
        from metricflow_semantics.model.dbt_manifest_parser import (
            parse_manifest_from_dbt_generated_manifest,
        )
        from metricflow_semantics.model.semantic_manifest_lookup import (
            SemanticManifestLookup,
        )

        class Renderer:
            """All that explaining takes of a client: it runs nothing."""

            sql_engine_type = SqlEngine.DUCKDB
            sql_plan_renderer = DuckDbSqlPlanRenderer()

        manifest = parse_manifest_from_dbt_generated_manifest(
            manifest_json_string=json.dumps(self._manifest)
        )
        client: Any = Renderer()
        return MetricFlowEngine(SemanticManifestLookup(manifest), client)
