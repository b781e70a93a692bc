"""The rights of access and of portability: what is held on a person, in files.

Access (GDPR, article 15) tells all: what each system said, what was made of it, and
where else it is processed. Portability (article 20) hands over what the systems hold on
the person, without what was concluded. Belongs here: reading the warehouse and writing
the files. Does not belong here: who is meant (`subjects.py`), which rows are the
person's (`holdings.py`), and the log of requests (`access_log.py`).
"""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb

from orchestration.clock import machine_time
from orchestration.privacy.holdings import Holding, copies_of, held_on
from orchestration.project import Manifest
from orchestration.warehouse import DataDir, open_file


@dataclass(frozen=True)
class Dossier:
    """Everything that is held on one customer.

    Attributes:
        customer_id: the current id.
        former_ids: ids that once meant the same person.
        made_at: when it was read, UTC.
        sources: what each source system is, by its name.
        holdings: the tables with rows on the customer, raw ones first.
        copies: rows of the tables that say the same in between, by table.
    """

    customer_id: str
    former_ids: list[str]
    made_at: datetime
    sources: dict[str, str]
    holdings: list[Holding]
    copies: dict[str, int]

    @property
    def row_count(self) -> int:
        """Rows in all holdings."""
        return sum(len(holding.rows) for holding in self.holdings)

    def as_exported(self) -> Dossier:
        """Return what the source systems said alone, without what was made of it."""
        raw = [holding for holding in self.holdings if holding.layer == "raw"]
        return replace(self, holdings=raw)


@contextmanager
def opened(data: DataDir) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open the warehouse for reading.

    Raises:
        FileNotFoundError: there is none, or nothing was built in it.
        WarehouseLockedError: a run is writing to it.
    """
    missing = f"Nothing was built in {data.warehouse} yet. Run c360 run."
    if not data.warehouse.exists():
        raise FileNotFoundError(missing)
    with open_file(data.warehouse, read_only=True) as connection:
        connection.execute("set timezone = 'UTC'")
        try:
            connection.execute("from marts.customer_records limit 1").fetchall()
        except duckdb.CatalogException:
            raise FileNotFoundError(missing) from None
        yield connection


def dossier_on(
    connection: duckdb.DuckDBPyConnection, manifest: Manifest, customer_id: str
) -> Dossier:
    """Return everything that is held on a customer."""
    holdings = list(held_on(connection, manifest, customer_id))
    former = connection.execute(
        "select customer_id from marts.customer_id_aliases "
        "where current_customer_id = $id and customer_id <> $id order by all",
        {"id": customer_id},
    ).fetchall()
    systems = {h.table.split(".")[0] for h in holdings if h.layer == "raw"}
    return Dossier(
        customer_id=customer_id,
        former_ids=[former_id for (former_id,) in former],
        made_at=machine_time(),
        sources={
            source["source_name"]: (source.get("source_description") or "").strip()
            for source in manifest["sources"].values()
            if source["schema"] in systems
        },
        holdings=holdings,
        copies=copies_of(connection, customer_id),
    )


def write_access(dossier: Dossier, folder: Path) -> Path:
    """Write a dossier as JSON: `access-<customer id>.json`; return the file."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"access-{dossier.customer_id}.json"
    text = json.dumps(asdict(dossier), indent=2, default=str, ensure_ascii=False)
    _replace(path, text.encode())
    return path


def write_portability(dossier: Dossier, folder: Path) -> Path:
    """Write the tables of a dossier as CSV files in a ZIP, one file a table.

    Returns:
        The archive, `portability-<customer id>.zip`, with a README.txt that says what
        each table and column is.
    """
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"portability-{dossier.customer_id}.zip"
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("README.txt", "\n".join(_explained(dossier.holdings)))
        for holding in dossier.holdings:
            name = holding.table.removeprefix("raw_").replace(".", "/")
            archive.writestr(f"{name}.csv", _as_csv(holding.rows))
    _replace(path, packed.getvalue())
    return path


def _explained(holdings: list[Holding]) -> Iterator[str]:
    for holding in holdings:
        yield f"{holding.table.removeprefix('raw_')}: {holding.description}"
        for name, description in holding.columns.items():
            yield f"  {name}: {description.strip()}"
        yield ""


def _as_csv(rows: list[dict[str, Any]]) -> str:
    text = io.StringIO()
    columns = [name for name in rows[0] if not name.startswith("_")]
    writer = csv.DictWriter(text, columns, extrasaction="ignore")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def _replace(path: Path, content: bytes) -> None:
    """Write a file in one step, for its owner's eyes only."""
    draft = path.with_name(f"{path.name}.tmp")
    draft.touch(mode=0o600)
    draft.write_bytes(content)
    draft.replace(path)
