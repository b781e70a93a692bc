"""The gate's verdict as one HTML page that opens anywhere, without a network.

Written for whoever has to decide what to do next, who may never have seen the code.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterable, Mapping
from html import escape
from pathlib import Path
from string import Template
from typing import Any

from orchestration.gates.finding import Finding
from orchestration.gates.fingerprints import rules_written_in
from orchestration.gates.ledger import TableVerdict
from orchestration.gates.verdict import GateVerdict
from orchestration.project import node_layer

Node = Mapping[str, Any]

PAGE = Path(__file__).with_name("report.html")

_PURPOSE = {
    "raw": "the files that arrived, before anything is made of them",
    "feeds": "what each source says, before sources are brought together",
    "identity": "who is who, before it is committed",
    "marts": "the tables that people query, before they are published",
}
_HELD_BACK = {
    "raw": "The batches below wait; of these sources, staging keeps what it had.",
    "feeds": "Nothing past staging is rebuilt; the published release stays as it is.",
    "identity": "No customer id has changed, and the published release stays as it is.",
    "marts": "The published release stays exactly as it was.",
}


def publish_report(verdict: GateVerdict, manifest: Mapping[str, Any]) -> None:
    """Write the report of a run, and `latest.html` beside the runs."""
    write_report(verdict.layer, verdict, verdict.report, manifest)
    reports = verdict.report.parent.parent
    partial = reports / ".latest.html"
    shutil.copyfile(verdict.report, partial)
    partial.replace(reports / "latest.html")


def write_report(
    layer: str, verdict: GateVerdict, path: Path, manifest: Mapping[str, Any]
) -> None:
    """Write the verdict on a layer as one self-contained HTML page.

    Args:
        layer: `raw`, `feeds`, `identity` or `marts`.
        verdict: on its tables.
        path: of the page.
        manifest: dbt's, which knows the files that a table and its rules stand in.
    """
    nodes = {**manifest["sources"], **manifest["nodes"]}
    failing = sorted(
        (t for t in verdict.tables if not t.passed), key=lambda t: not t.required
    )
    warning = [t for t in verdict.tables if t.passed and t.failures]
    fine = [t for t in verdict.tables if t.passed and not t.failures]
    page = Template(PAGE.read_text(encoding="utf-8")).substitute(
        layer=escape(layer),
        purpose=_PURPOSE[layer],
        state="open" if verdict.passed else "closed",
        headline=_headline(verdict, failing, warning),
        consequence="" if verdict.passed else _HELD_BACK[layer],
        checked_at=f"{verdict.checked_at:%Y-%m-%d %H:%M} UTC",
        run_id=escape(verdict.run_id),
        next_steps=_next_steps(layer, failing),
        problems="".join(
            _section(t, nodes[t.unique_id], nodes) for t in [*failing, *warning]
        )
        or "<p>Nothing failed.</p>",
        fine="".join(_row_of_fine(t) for t in fine),
        fine_count=len(fine),
    )
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(page, encoding="utf-8")


def _headline(
    verdict: GateVerdict, failing: list[TableVerdict], warning: list[TableVerdict]
) -> str:
    judged = sum(t.is_judged_now for t in verdict.tables)
    carried = len(verdict.tables) - judged
    parts = [
        f"{len(verdict.tables)} tables",
        f"{len(failing)} failed",
        f"{len(warning)} with warnings",
        f"{judged} judged in this run, {carried} unchanged",
    ]
    return " · ".join(parts)


def _next_steps(layer: str, failing: list[TableVerdict]) -> str:
    if not failing:
        return "<li>Nothing to do.</li>"
    if layer == "raw":
        batches = {version for t in failing for version in t.versions}
        steps = [
            "Look at the example rows below: is the file wrong, or the rule?",
            "If the file is wrong, have it sent again, and drop the bad batch with "
            f"{_code(f'c360 batch reject {_any(batches)} --reason …')}.",
            "If the rows may pass as they are, let them in with "
            f"{_code(f'c360 batch accept {_any(batches)} --reason …')}.",
            f"Then go on with {_code('c360 run')}.",
        ]
    else:
        steps = [
            "Look at the example rows below: is the data wrong, or the rule?",
            "Mend the source, the model or the expectation that is wrong; every rule "
            "says why it exists.",
            f"Build the layer again with {_code('c360 run')}, or only judge it again "
            f"with {_code(f'c360 gate {layer}')}.",
        ]
    return "".join(f"<li>{step}</li>" for step in steps)


def _any(batches: Iterable[str]) -> str:
    names = sorted(batches)
    return names[0] if len(names) == 1 else "BATCH"


def _code(text: str) -> str:
    return f"<code>{escape(text)}</code>"


def _section(table: TableVerdict, node: Node, nodes: Mapping[str, Node]) -> str:
    badge = "fails" if not table.passed else "warns"
    note = ""
    if not table.passed and not table.required:
        note = " It does not hold up the other sources."
    counted = f"{len(table.failures)} of {len(table.findings)} expectations failed."
    if not table.findings:
        counted = f"The table cannot pass: {table.problem}."
    versions = ", ".join(table.versions)
    kind = "Batch" if node["resource_type"] == "source" else "Version"
    version = f'<p class="quiet">{kind} {escape(versions)}</p>' if versions else ""
    return f"""
<section class="{badge}">
<h3>{escape(table.schema)}.{escape(table.name)} <span class="badge">{badge}</span></h3>
{version}
<p>{counted}{note}</p>
{_homes(node, nodes)}
{"".join(_failure(f) for f in table.failures)}
</section>"""


def _homes(node: Node, nodes: Mapping[str, Node]) -> str:
    """Say in which files a table and its rules stand, and where its rows are from."""
    home = _code(node["original_file_path"])
    if node["resource_type"] == "source":
        return f'<p class="quiet">Declared, with its rules, in {home}.</p>'
    yaml = (node.get("patch_path") or "").rpartition("://")[-1]
    rules = [_code(name) for name in (yaml, rules_written_in(node)) if name]
    said = f"Made by {home}"
    said += f"; its rules stand in {' and '.join(rules)}" if rules else ""
    if raw := [_code(name) for name in sorted(_raw_tables(node, nodes))]:
        said += f". File and line of each row are in {', '.join(raw)}"
        said += f" (columns {_code('_file')}, {_code('_line')})"
    return f'<p class="quiet">{said}.</p>'


def _raw_tables(node: Node, nodes: Mapping[str, Node]) -> set[str]:
    """Return the raw tables that a model of staging is made of."""
    if node["resource_type"] == "source":
        return {f"{node['schema']}.{node['name']}"}
    if node_layer(node) != "staging":
        return set()
    parents = (nodes[i] for i in node["depends_on"]["nodes"] if i in nodes)
    return {table for parent in parents for table in _raw_tables(parent, nodes)}


def _failure(finding: Finding) -> str:
    where = f"{_code(finding.column_name)} " if finding.column_name else ""
    what = f"{where}{escape(finding.expectation)}"
    level = "stops" if finding.severity == "error" else "warns only"
    reason = f"<p><b>Why:</b> {escape(finding.reason)}</p>" if finding.reason else ""
    return f"""
<article>
<h4>{what} <span class="quiet">{level}</span></h4>
<p>{escape(finding.extent[:1].upper() + finding.extent[1:])}</p>
{reason}
{_examples(finding.examples)}
</article>"""


def _examples(examples: str | None) -> str:
    rows = json.loads(examples) if examples else []
    if not rows:
        return ""
    records = [row if isinstance(row, dict) else {"value": row} for row in rows]
    columns = list(dict.fromkeys(name for record in records for name in record))
    # That is the extent, which stands above.
    if "said" in columns:
        columns.remove("said")
    if not columns:
        return ""
    head = "".join(f"<th>{escape(name)}</th>" for name in columns)
    body = "".join(
        "<tr>" + "".join(_cell(record.get(name)) for name in columns) + "</tr>"
        for record in records
    )
    return (
        f"<details open><summary>{_counted(len(records), 'example row')}</summary>"
        f'<div class="scroll"><table><tr>{head}</tr>{body}</table></div></details>'
    )


def _counted(number: int, thing: str) -> str:
    return f"{number} {thing}" if number == 1 else f"{number} {thing}s"


def _cell(value: object) -> str:
    if value is None:
        return '<td class="quiet">empty</td>'
    return f"<td>{escape(str(value)[:200])}</td>"


def _row_of_fine(table: TableVerdict) -> str:
    when = "judged now" if table.is_judged_now else "unchanged"
    if not table.findings:
        when = "nothing new arrived"
    return (
        f"<tr><td>{escape(table.schema)}.{escape(table.name)}</td>"
        f"<td>{len(table.findings)}</td><td>{when}</td></tr>"
    )
