"""The graph of a customer's identity, drawn in the browser by Cytoscape.js.

The library lies in vendor/ with its licence and is served by us. Belongs here: which
nodes and lines there are. Does not belong here: the same in words, as the page has it.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import streamlit as st

from app.web.figures import percent, sentence

_MOST_RECORDS = 60
_ROW = 44
_FOLDER = Path(__file__).parent

Rows = list[dict[str, Any]]


def identity_graph(records: Rows, links: Rows, cuts: Rows, queue: Rows) -> None:
    """Draw what joins and parts the records of a customer."""
    drawn = elements(records, links, cuts, queue)
    rows = 1 + max(each["data"].get("row", 0) for each in drawn)
    height = min(max(round(rows * _ROW), 200), 900)
    _component()(
        data={"elements": drawn, "height": height},
        key="identity-graph",
        height=height + 60,
    )
    if len(records) > _MOST_RECORDS:
        st.caption(
            f"Of {len(records)} records {_MOST_RECORDS} are drawn; all are listed."
        )


def elements(records: Rows, links: Rows, cuts: Rows, queue: Rows) -> Rows:
    """Return the nodes and lines, as Cytoscape.js takes them.

    A line is drawn only where both of its ends are. Nodes have a `column`, -1 for left
    to 1 for right, and a `row`: what is stated stands in the middle, the records that
    state it on both sides of it.
    """
    nodes: dict[str, dict[str, Any]] = {}
    lines: Rows = []

    def node(key: str, label: str, kind: str, said: str) -> None:
        nodes.setdefault(key, {"id": key, "label": label, "kind": kind, "said": said})

    def line(source: str, target: str, kind: str, said: str) -> None:
        if source in nodes and target in nodes:
            lines.append(
                {
                    "id": f"{kind}{len(lines)}",
                    "source": source,
                    "target": target,
                    "kind": kind,
                    "said": said,
                }
            )

    for record in records[:_MOST_RECORDS]:
        key = record["record_key"]
        label = f"{record['source_system']} {record['entity']}"
        node(key, label, "record", key)
    for link in links:
        _draw_link(link, node, line)
    for cut in cuts:
        evidence = f"{cut['identifier_type']}:{cut['identifier_value']}"
        rule = cut["rejection_reason"].replace("_", " ")
        kind = sentence(cut["identifier_type"])
        node(evidence, _short(cut["identifier_value"] or kind), "cut", f"{kind}, cut")
        line(cut["record_key"], evidence, "cut", f"not used: {rule}")
    for pair in queue:
        one, other = pair["record_key"], pair["other_record_key"]
        for key in (one, other):
            label = " ".join(key.split(":")[:2])
            node(key, label, "other", f"{key}, another customer")
        line(one, other, "queue", f"waits: {pair['reason'].replace('_', ' ')}")
    linked = {line["source"] for line in lines} | {line["target"] for line in lines}
    shown = [n for n in nodes.values() if n["kind"] == "record" or n["id"] in linked]
    for each in shown:
        each["loose"] = int(each["id"] not in linked)
    _place(shown, lines)
    return [{"data": data} for data in [*shown, *lines]]


def _place(nodes: Rows, lines: Rows) -> None:
    """Give each node its column and row, and bend lines within a column."""
    middle = [node for node in nodes if node["kind"] in ("evidence", "cut")]
    sides = [node for node in nodes if node["kind"] not in ("evidence", "cut")]
    rank = {node["id"]: place for place, node in enumerate(middle)}
    touched: dict[str, list[int]] = {node["id"]: [] for node in sides}
    for line in lines:
        if line["source"] in touched and line["target"] in rank:
            touched[line["source"]].append(rank[line["target"]])
    # Records that state the same stand near it, so that few lines cross.
    sides.sort(
        key=lambda node: (
            node["loose"],
            node["kind"] == "other",
            sum(touched[node["id"]]) / max(1, len(touched[node["id"]])),
        )
    )
    half = (len(sides) + 1) // 2
    rows = max(half, len(middle))
    for place, node in enumerate(sides):
        node["column"] = -1 if place % 2 == 0 else 1
        node["row"] = place // 2 + (rows - half) / 2
    for place, node in enumerate(middle):
        node["column"] = 0
        node["row"] = (place + 0.5) * rows / len(middle) - 0.5
    column = {node["id"]: node["column"] for node in nodes}
    for line in lines:
        line["bent"] = int(column[line["source"]] == column[line["target"]])


def _draw_link(link: dict[str, Any], node: Any, line: Any) -> None:
    record = link["record_key"]
    if link["link_type"] == "identifier":
        kind = sentence(link["identifier_type"])
        value = link["identifier_value"]
        node(link["evidence_key"], _short(value), "evidence", f"{kind}: {value}")
        line(record, link["evidence_key"], "link", f"{record} states {kind} {value}")
    elif link["stated_record_key"] != record:
        chance = link["match_probability"]
        said = (
            f"match, {percent(chance, 1)}: {link['explanation']}"
            if link["link_type"] == "match"
            else f"{link['link_type']} says {link['relation']}"
        )
        line(record, link["stated_record_key"], link["link_type"], said)


def _short(value: str | None) -> str:
    text = value or ""
    return text if len(text) <= 22 else f"{text[:19]}…"


@st.cache_resource(show_spinner=False)
def _component() -> Any:
    return st.components.v2.component(
        "c360_identity_graph",
        html='<div class="graph" role="img" aria-label="Graph of records and what '
        'joins them; the table below says the same"></div><p class="said" '
        'aria-live="polite">Choose a box, a circle or a line to see what it says.</p>',
        css=(_FOLDER / "graph.css").read_text(encoding="utf-8"),
        js=(_FOLDER / "graph.js").read_text(encoding="utf-8"),
    )
