"""What holds a gate closed, in sentences for a terminal: rules and counts, no value.

Belongs here: reading what stands against the layers after raw. Does not belong here:
batches that the raw gate holds back (ingestion/batches.py), and the rows that break a
rule (`report.py`).
"""

from __future__ import annotations

from dataclasses import dataclass

import duckdb

from orchestration.gates.finding import Finding


@dataclass(frozen=True)
class Breach:
    """One rule that the table of a layer breaks as it stands."""

    layer: str
    table: str
    finding: Finding

    @property
    def sentence(self) -> str:
        """Say the table, the rule and on how many rows it is broken."""
        return f"{self.table}: {self.finding.rule}: {self.finding.extent}"


def standing_breaches(connection: duckdb.DuckDBPyConnection) -> list[Breach]:
    """Return what keeps the gates after raw closed, in the order of their names."""
    columns = ", ".join(f"results.{name}" for name in Finding.columns())
    rows = connection.execute(
        f"""
        select
            results.layer,
            results.table_schema || '.' || results.table_name as relation,
            {columns}
        from ops.gate_findings as results
        inner join ops.table_builds as builds
            on
                results.table_schema = builds.table_schema
                and results.table_name = builds.table_name
                and results.version = cast(builds.version as varchar)
        where not results.passed and results.severity = 'error'
        order by results.layer, relation, results.column_name, results.expectation
        """
    ).fetchall()
    return [Breach(layer, table, Finding(*values)) for layer, table, *values in rows]
