"""A page of the metrics that have a name, and what each can be grouped by."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from orchestration.project import Manifest
from reference.markdown import cell, code, page, table


def text(manifest: Manifest) -> str:
    """Return the page of the semantic layer."""
    models = sorted(manifest["semantic_models"].values(), key=lambda m: m["name"])
    metrics = sorted(manifest["metrics"].values(), key=lambda m: m["name"])
    return page(
        "# Metrics",
        "Figures that everybody should count alike. `c360 metric` asks the release for "
        "them: [how](../guides/which-mart.md#metrics-by-name).",
        table(
            ["metric", "what it is", "kind"],
            [
                (code(metric["name"]), metric["description"], metric["type"])
                for metric in metrics
            ],
        ),
        "## What they can be grouped by",
        "A metric can be grouped by the dimensions of its own mart and of those that "
        "an entity leads to; `c360 metric NAME --groups` lists them for one.",
        *(_semantic_model(model) for model in models),
    )


def _semantic_model(model: Mapping[str, Any]) -> str:
    mart = model["node_relation"]["alias"]
    prefix = next(
        (entity["name"] for entity in model["entities"] if entity["type"] == "primary"),
        model["primary_entity"],
    )
    entities = ", ".join(code(entity["name"]) for entity in model["entities"])
    return page(
        f"### {model['name']}",
        f"{cell(model['description'])} Mart: [{mart}](marts/{mart}.md). "
        f"Entities: {entities}.",
        table(
            ["dimension", "kind"],
            [
                (code(f"{prefix}__{dimension['name']}"), dimension["type"])
                for dimension in model["dimensions"]
            ],
        ),
    )
