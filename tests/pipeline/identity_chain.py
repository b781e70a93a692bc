"""The identity models alone, over feeds that a test writes by hand.

A dbt project of its own with the real macros, seeds and identity models, in which the
feeds are read from JSON lines: a run takes a second or two instead of a whole pipeline.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import duckdb
from dbt.adapters.duckdb.connections import DuckDBConnectionManager
from dbt.cli.main import dbtRunner

from orchestration.dbt.economy import lean_dbt
from orchestration.matching.trial import SEEDS, lay_out
from orchestration.project import target_path

FEEDS = (
    "identifiers",
    "profiles",
    "record_links",
    "device_observations",
    "attributes",
)

_FEED_MODEL = """
{{{{ config(materialized='tracked') }}}}

select *
from read_json(
    '{path}',
    format = 'newline_delimited',
    columns = {{
        {{%- for name, data_type in feed_columns('{feed}').items() %}}
        '{{{{ name }}}}': '{{{{ data_type }}}}',
        {{%- endfor %}}
    }}
)
"""


class IdentityChain:
    """A warehouse with hand-made feeds and the identity models on top."""

    def __init__(self, root: Path, models: dict[str, str] | None = None) -> None:
        """Lay out the project under `root`, with further `models` by path."""
        self.root = root
        self.warehouse = lay_out(
            root,
            {
                feed: _FEED_MODEL.format(feed=feed, path=self._feed_path(feed))
                for feed in FEEDS
            },
        )
        for feed in FEEDS:
            self._feed_path(feed).write_text("")
        for path, sql in (models or {}).items():
            (root / "models" / path).parent.mkdir(parents=True, exist_ok=True)
            (root / "models" / path).write_text(sql)
        self._manifest = None
        self._manifest = self.dbt("parse")
        self.dbt("seed", "--select", *SEEDS)
        self.dbt("run", "--select", *(f"core__{feed}" for feed in FEEDS))
        shutil.copy(self.warehouse, root / "seeded.duckdb")

    def empty(self) -> IdentityChain:
        """Forget everything but the rules, as if nothing had ever been built."""
        shutil.copy(self.root / "seeded.duckdb", self.warehouse)
        for feed in FEEDS:
            self._feed_path(feed).write_text("")
        return self

    def dbt(self, *args: str) -> Any:
        """Run dbt; fail the test with its own words if it fails."""
        where = ["--project-dir", str(self.root), "--profiles-dir", str(self.root)]
        errors: list[str] = []

        def listen(event: Any) -> None:
            if event.info.level == "error":
                errors.append(event.info.msg)

        quiet = ["--quiet", "--no-write-json"]
        quiet += ["--log-level", "none", "--log-level-file", "none"]
        runner = dbtRunner(manifest=self._manifest, callbacks=[listen])
        try:
            with lean_dbt(target_path()):
                outcome = runner.invoke([*quiet, *args, *where])
        finally:
            DuckDBConnectionManager.close_all_connections()
        assert outcome.success, "\n".join(errors) or str(outcome.exception)
        return outcome.result

    def decide(self, *decisions: tuple[str, str, str]) -> None:
        """Let these be what stewards decided: (decision, record, other record)."""
        with duckdb.connect(str(self.warehouse)) as connection:
            connection.execute("delete from ops.identity_decisions")
            for number, decision in enumerate(decisions):
                connection.execute(
                    "insert into ops.identity_decisions "
                    "values (?, ?, ?, ?, 'ann', '2026-01-01', 'she knows')",
                    [number, *decision],
                )

    def run(self, **feeds: Iterable[dict[str, Any]]) -> None:
        """Put these rows into the feeds, then build identity up to the map."""
        for feed in FEEDS:
            if feed in feeds:
                lines = [json.dumps(row) + "\n" for row in feeds[feed]]
                self._feed_path(feed).write_text("".join(lines))
        feed_models = (f"core__{feed}" for feed in FEEDS)
        models = ("--select", *feed_models, "identity")
        self.dbt("run", *models, "--exclude", "int_identity__quality")

    def query(self, sql: str) -> list[tuple]:
        """Return all rows of `sql`."""
        with duckdb.connect(str(self.warehouse), read_only=True) as connection:
            return connection.execute(sql).fetchall()

    def customers(self) -> dict[str, str]:
        """Return the customer of every record that has one for all time."""
        return dict(
            self.query(
                "select record_key, customer_id from identity.identity_map "
                "where valid_from is null and valid_to is null"
            )
        )

    def why(self, change: str) -> list[tuple[str | None, str | None]]:
        """Return evidence and rejection reason of changes in the last run."""
        return self.query(
            "select evidence, rejection_reason from identity.identity_ledger "
            f"where change = '{change}' and changed_at = (from ops.clock) order by all"
        )

    def _feed_path(self, feed: str) -> Path:
        return self.root / f"{feed}.jsonl"


def states(
    record_key: str, row: str, **identifiers: str
) -> list[dict[str, str | None]]:
    """Return the identifiers that a record states in source row `row`."""
    system, entity, record_id = record_key.split(":", 2)
    return [
        {
            "record_key": record_key,
            "source_system": system,
            "entity": entity,
            "record_id": record_id,
            "identifier_type": identifier_type,
            "namespace": system if identifier_type.endswith("_id") else None,
            "identifier_value": value,
            "seen_at": "2026-01-01 00:00:00",
            "source_row": row,
        }
        for identifier_type, value in identifiers.items()
    ]


def people_of_a_town(count: int = 40) -> tuple[list[dict], list[dict]]:
    """Return identifiers and profiles of strangers: what is rare shows among others."""
    keys = [f"crm:contact:town{n}" for n in range(count)]
    letters = "abcdefghijklmnopqrst"
    return (
        [
            row
            for n, key in enumerate(keys)
            for row in states(key, f"2026-01-01|t|{n:02d}", user_id=key)
        ],
        [
            {
                "record_key": key,
                "given_name": letters[n % 20] * 5,
                "family_name": letters[n * 7 % 20] * 4 + letters[n // 20] * 3,
                "birth_date": f"19{40 + n}-{n % 12 + 1:02d}-{n % 28 + 1:02d}",
                "street": f"{n} {letters[n % 20] * 6} road",
                "postal_code": f"{10000 + 137 * n}",
                "city": letters[n % 20] * 7,
            }
            for n, key in enumerate(keys)
        ],
    )


def groups(customers: dict[str, str]) -> set[frozenset[str]]:
    """Return who is together, whatever the ids."""
    members: dict[str, set[str]] = {}
    for record_key, customer_id in customers.items():
        members.setdefault(customer_id, set()).add(record_key)
    return {frozenset(records) for records in members.values()}


# Two who are one once the third, who knows both values, is there.
ANN = states("crm:contact:1", "2026-01-01|a|01", email="ann@mail.com")
BOB = states("crm:contact:2", "2026-01-01|a|02", phone="+15550100200")
BRIDGE = states(
    "shop:customer:3", "2026-01-02|a|01", email="ann@mail.com", phone="+15550100200"
)
