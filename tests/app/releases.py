"""Small releases for tests: marts as their contracts have them, with a few rows."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from orchestration.project import Manifest
from orchestration.releases.directory import MASKED, WHOLE, drop_old, point_readers_to
from orchestration.releases.files import Publication, write_files
from orchestration.releases.publish import personal_columns, published_models
from orchestration.releases.stamp import Stamp
from orchestration.releases.tables import find_tables
from orchestration.warehouse import DataDir, connect

Rows = Mapping[str, Sequence[Mapping[str, Any]]]

# Rows by mart; what a row does not say is null.
PEOPLE: Rows = {
    "customers": [
        {
            "customer_id": "C0000000001",
            "display_name": "Robert Grünwald",
            "given_name": "Robert",
            "family_name": "Grünwald",
            "email": "rob.gruenwald@mail.example",
            "phone": "+447860961608",
            "household_id": "H1",
            "revenue_reporting": 120,
        },
        {
            "customer_id": "C0000000002",
            "display_name": "亮 山下",
            "given_name": "亮",
            "family_name": "山下",
            "email": "ryo@post.example",
            "household_id": "H1",
            "revenue_reporting": 20,
        },
        {
            "customer_id": "C0000000003",
            "display_name": "هدى منصور",
            "given_name": "هدى",
            "family_name": "منصور",
        },
        {"customer_id": "C0000000004", "display_name": "Siân O'Neill-Weiß"},
    ],
    "customer_history": [
        {"customer_id": "C0000000004", "display_name": "Siân Kowalczyk"},
    ],
    "customer_id_aliases": [
        {"customer_id": "C0000000001", "current_customer_id": "C0000000001"},
        {"customer_id": "C0000000009", "current_customer_id": "C0000000001"},
        {"customer_id": "C0000000002", "current_customer_id": "C0000000002"},
        {"customer_id": "C0000000003", "current_customer_id": "C0000000003"},
        {"customer_id": "C0000000004", "current_customer_id": "C0000000004"},
        {"customer_id": "C0000000008", "current_customer_id": None},
    ],
    "customer_records": [
        {"customer_id": f"C000000000{number}", "record_key": f"shop:customer:{number}"}
        for number in (1, 2)
    ],
    "customer_identifiers": [
        {
            "customer_id": customer_id,
            "identifier_type": identifier_type,
            "identifier_value": value,
        }
        for customer_id, identifier_type, value in (
            ("C0000000001", "email", "rob.gruenwald@mail.example"),
            ("C0000000001", "phone", "+447860961608"),
            ("C0000000001", "loyalty_id", "L700000298"),
            ("C0000000001", "anonymous_id", "0f3a-cookie"),
            ("C0000000002", "email", "ryo@post.example"),
        )
    ],
    "orders": [
        {
            "order_key": f"shop:{number}",
            "order_number": f"#{number}",
            "customer_id": "C0000000002",
            "ordered_at": datetime(2026, 1, day),
        }
        for day, number in ((1, 57808), (2, 97801))
    ],
    "households": [{"household_id": "H1", "family_name": "Grünwald"}],
    "interactions": [
        {
            "interaction_id": f"web:{number:03}",
            "customer_id": "C0000000001",
            "occurred_at": datetime(2026, 1, 1 + number // 4),
            "channel": "web" if number % 2 else "email",
            "interaction_type": "page_view" if number % 2 else "email_opened",
            "subject": "private words",
        }
        for number in range(23)
    ],
    "segments": [
        {"segment_id": "loyal", "name": "Loyal", "kind": "behavioural"},
        {"segment_id": "empty", "name": "Nobody", "kind": "behavioural"},
    ],
    "segment_members": [
        {"segment_id": "loyal", "customer_id": f"C000000000{number}"}
        for number in (1, 2, 3)
    ],
    "segment_history": [
        {
            "segment_id": "loyal",
            "customer_id": "C0000000001",
            "member_since": datetime(2026, 1, 5),
        }
    ],
}


def publish(
    data: DataDir,
    manifest: Manifest,
    run_id: str,
    rows: Rows = PEOPLE,
    *,
    every_mart: bool = True,
) -> Path:
    """Publish rows as a release, whole and masked; return its directory.

    Without every mart it has only those that have rows, which is quick.
    """
    models = [
        model
        for model in published_models(manifest)
        if model["schema"] == "marts" and (every_mart or model["alias"] in rows)
    ]
    release = data.published / "releases" / run_id
    release.mkdir(parents=True)
    stamp = Stamp(run_id, datetime(2026, 7, 1, 12), "0", {}, [])
    warehouse = data.root / f"{run_id}.duckdb"
    with connect(warehouse) as connection:
        connection.execute("create schema marts")
        for model in models:
            columns = ", ".join(
                f"{column['name']} {column['data_type']}"
                for column in model["columns"].values()
            )
            connection.execute(f"create table marts.{model['alias']} ({columns})")
        for table, held in rows.items():
            for row in held:
                connection.execute(
                    f"insert into marts.{table} ({', '.join(row)}) "
                    f"values ({', '.join('?' * len(row))})",
                    list(row.values()),
                )
        tables = find_tables(connection, {("marts", m["alias"]) for m in models})
        for table in tables:
            stamp.row_counts[table.qualified_name] = len(rows.get(table.name, ()))
        publication = Publication(
            tables, stamp, personal_columns(models), key="of the tests"
        )
        write_files(connection, release / WHOLE, release / MASKED, publication)
    (release / "manifest.json").write_text(
        json.dumps({"run_id": run_id, "published_at": stamp.published_at.isoformat()})
    )
    point_readers_to(release, data.published / "current")
    drop_old(release.parent, keep=release)
    return release
