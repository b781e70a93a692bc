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
_FOLDER = Path(__file__).parent

Rows = list[dict[str, Any]]


def identity_graph(records: Rows, links: Rows, cuts: Rows, queue: Rows) -> None:
    """Draw what joins and parts the records of a customer."""
    _component()(
        data={"elements": elements(records, links, cuts, queue)},
        key="identity-graph",
        height=460,
    )
    if len(records) > _MOST_RECORDS:
        st.caption(
            f"Of {len(records)} records {_MOST_RECORDS} are drawn; all are listed."
        )


def elements(records: Rows, links: Rows, cuts: Rows, queue: Rows) -> Rows:
    """Return the nodes and lines, as Cytoscape.js takes them.

    A line is drawn only where both of its ends are.
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
        node(key, f"{record['source_system']}\n{record['entity']}", "record", key)
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
            label = "\n".join(key.split(":")[:2])
            node(key, label, "other", f"{key}, another customer")
        line(one, other, "queue", f"waits: {pair['reason'].replace('_', ' ')}")
    linked = {line["source"] for line in lines} | {line["target"] for line in lines}
    return [
        {"data": data}
        for data in [
            *(n for n in nodes.values() if n["kind"] == "record" or n["id"] in linked),
            *lines,
        ]
    ]


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
        'aria-live="polite">Choose a box, an oval or a line to see what it says.</p>',
        css=(_FOLDER / "graph.css").read_text(encoding="utf-8"),
        js=(_FOLDER / "graph.js").read_text(encoding="utf-8"),
    )
