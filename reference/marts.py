"""A page for every mart: grain, columns, owner, what it is built from, who reads it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from orchestration.project import Manifest, node_layer
from reference.markdown import cell, code, page, table

Node = Mapping[str, Any]
Pages = Iterator[tuple[str, str]]


def marts(manifest: Manifest) -> list[Node]:
    """Return the models that people query, by subject and name."""
    found = [node for node in manifest["nodes"].values() if node_layer(node) == "marts"]
    return sorted(found, key=lambda mart: (mart["fqn"][2], mart["name"]))


def pages(manifest: Manifest) -> Pages:
    """Return the address and text of each mart's page, the overview first."""
    found = marts(manifest)
    yield "reference/marts/index.md", _overview(manifest, found)
    for mart in found:
        yield f"reference/marts/{mart['alias']}.md", _mart(manifest, mart)


def grain(node: Node) -> str:
    """Return the first sentence of a description, which says what one row is."""
    return cell(node["description"]).split(". ")[0].rstrip(".") + "."


def _overview(manifest: Manifest, found: list[Node]) -> str:
    parts = [
        "# Marts",
        f"{len(found)} tables under contract: names and types of their columns change "
        "on purpose only. [Which mart do I need?](../../guides/which-mart.md) goes by "
        "question; [the lineage](../lineage.html) shows how each is made.",
    ]
    for subject in dict.fromkeys(mart["fqn"][2] for mart in found):
        group = manifest["groups"].get(f"group.customer360.{subject}", {})
        parts += [
            f"## {subject.capitalize()}",
            group.get("description", ""),
            table(
                ["mart", "grain"],
                [
                    (f"[{mart['alias']}]({mart['alias']}.md)", grain(mart))
                    for mart in found
                    if mart["fqn"][2] == subject
                ],
            ),
        ]
    return page(*parts)


def _mart(manifest: Manifest, mart: Node) -> str:
    owner = manifest["groups"][f"group.customer360.{mart['group']}"]["owner"]
    columns = list(mart["columns"].values())
    return page(
        f"# {mart['alias']}",
        cell(mart["description"]),
        table(
            ["table", code(f"{mart['schema']}.{mart['alias']}")],
            [
                ("key", ", ".join(code(name) for name in mart["primary_key"])),
                ("subject", mart["fqn"][2]),
                ("owner", f"{owner['name']}, {owner['email']}"),
                ("kept as", mart["config"]["materialized"]),
                ("file", code(mart["original_file_path"])),
            ],
        ),
        f"## Columns\n\n{len(columns)} columns. Time is UTC.",
        table(
            ["column", "type", "personal", "what it is"],
            [
                (
                    code(column["name"]),
                    column["data_type"],
                    column["config"]["meta"].get("pii"),
                    column["description"],
                )
                for column in columns
            ],
        ),
        "## Built from",
        _links(manifest, manifest["parent_map"][mart["unique_id"]]),
        "## Read by",
        _links(manifest, manifest["child_map"][mart["unique_id"]])
        or "Nothing in this project: it is there for whoever asks.",
    )


def _links(manifest: Manifest, unique_ids: list[str]) -> str:
    """Return a list of neighbours: marts as links, others with what one row is."""
    lines = []
    for unique_id in sorted(set(unique_ids)):
        kind, name = unique_id.split(".")[0], unique_id.split(".")[-1]
        node = manifest["nodes"].get(unique_id)
        if node is not None and node_layer(node) == "marts":
            lines.append(f"- [{node['alias']}]({node['alias']}.md): {grain(node)}")
        elif node is not None and kind in {"model", "seed"}:
            lines.append(f"- `{name}`: {grain(node)}")
        elif kind == "source":
            source = manifest["sources"][unique_id]
            lines.append(f"- `{source['source_name']}.{name}`: {grain(source)}")
        elif kind == "exposure":
            exposure = manifest["exposures"][unique_id]
            lines.append(f"- {exposure['label']}: {cell(exposure['description'])}")
        elif kind == "semantic_model":
            lines.append(f"- [metrics](../metrics.md#{name}) over {name}")
    return "\n".join(lines)
