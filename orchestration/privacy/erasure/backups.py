"""Backups and erasure: who was erased is erased once more when a backup is put back.

A backup is left as it is: one that is written to may be lost by that. Beside each that
is known an erasure puts the list of keyed hashes of all who were ever erased, so that
restoring it, be it into an empty directory, knows whom to erase again. Belongs here:
the list beside backups, and recognising by it who is in a backup. Does not belong here:
putting a backup back (`kept/restore.py`), and erasing (`erase.py`).
"""

from __future__ import annotations

import getpass
import secrets
import shutil
from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path

import duckdb

from orchestration import clock
from orchestration.ingestion.landing import find_files
from orchestration.ingestion.sources import SourceTable, source_tables
from orchestration.ingestion.staged import RefusedFileError
from orchestration.kept.backup import ERASED_SINCE, Backup, made_backups
from orchestration.kept.state import read_parquet
from orchestration.privacy import access_log
from orchestration.privacy.erasure import journal
from orchestration.privacy.erasure.journal import Erasure
from orchestration.privacy.erasure.resent import words_in
from orchestration.privacy.erasure.suppression import (
    erased_orders,
    list_path,
    ready_key,
    suppressed,
)
from orchestration.privacy.erasure.words import Words
from orchestration.project import manifest
from orchestration.warehouse import DataDir

_KNOWN_HERE = (
    "access_log.jsonl",
    "access_log.head.json",
    "backups.jsonl",
    "consent_withdrawals.jsonl",
    "erasure_receipts.jsonl",
    "restrictions.jsonl",
)
"""What people asked since a backup, which is known in no backup."""


def mark_backups(data: DataDir) -> dict[str, str]:
    """Put the list of who was erased beside the backups; say what came of each."""
    said = {}
    for path in made_backups(data):
        if not path.is_dir():
            said[path.name] = "not there: deleted, or out of reach"
            continue
        unfinished = path / f"{ERASED_SINCE}.tmp"
        shutil.copyfile(list_path(data), unfinished)
        unfinished.replace(path / ERASED_SINCE)
        said[path.name] = "holds them until it is deleted; erased again if restored"
    return said


def keep_requests(data: DataDir, backup: Path, draft: DataDir) -> None:
    """Put into a restored copy what was asked of the data directory since.

    That is who was erased, who withdrew, whose data is restricted, and the logs. The
    key of suppressions is not needed.

    Args:
        data: the data directory, as it was before.
        backup: the folder of the backup.
        draft: the copy of the backup that is to take its place.
    """
    for name in _KNOWN_HERE:
        if (data.state / name).exists():
            draft.state.mkdir(parents=True, exist_ok=True)
            shutil.copy2(data.state / name, draft.state / name)
    lists = [list_path(data), backup / ERASED_SINCE, list_path(draft)]
    there = [str(path) for path in lists if path.exists()]
    if not there:
        return
    draft.state.mkdir(parents=True, exist_ok=True)
    unfinished = list_path(draft).with_suffix(".tmp")
    with duckdb.connect() as connection:
        connection.execute(
            "copy (select * from read_parquet($lists) qualify row_number() over "
            "(partition by digest order by erased_at desc) = 1 order by digest) "
            f"to '{unfinished}' (format parquet)",
            {"lists": there},
        )
    unfinished.replace(list_path(draft))


def begin_again(draft: DataDir, backup: Backup) -> Erasure | None:
    """Begin to erase from a restored copy who was erased since the backup was made.

    Until it is finished, no run starts. None if nobody was erased since.

    Raises:
        SuppressionKeyError: people were erased since, and the key that knows them is
            gone or another.
    """
    if not _are_newer(list_path(draft), backup.created_at):
        return None
    words, customer_ids = _recognised(draft, backup.created_at)
    if not words.identifiers and not words.record_keys:
        return None
    now = clock.machine_time()
    erasure = Erasure(
        erasure_id=f"E{now:%Y%m%d}-{secrets.token_hex(4)}",
        customer_ids=customer_ids,
        reason=f"Erased before; {backup.path.name} had them",
        requested_by=getpass.getuser(),
        erased_at=now.isoformat(),
        phase=journal.FIRST_PHASE,
        restored_from=backup.path.name,
    )
    journal.begin(draft, erasure, words)
    access_log.append(
        draft,
        "privacy.erase",
        purpose=erasure.reason,
        details={"erasure_id": erasure.erasure_id, "people": len(customer_ids)},
        by=erasure.requested_by,
    )
    return erasure


def _are_newer(known: Path, since: datetime) -> bool:
    if not known.exists():
        return False
    with duckdb.connect() as connection:
        return bool(
            connection.execute(
                f"select 1 from {read_parquet(known)} where erased_at > ? limit 1",
                [since],
            ).fetchall()
        )


def _recognised(draft: DataDir, since: datetime) -> tuple[Words, list[str]]:
    """Return the words of people erased since, and the customers that they were."""
    key = ready_key(draft)
    identifiers: dict[str, str] = {}
    records: dict[str, set[str]] = defaultdict(set)
    orders: dict[str, set[str]] = defaultdict(set)
    with duckdb.connect() as connection:
        connection.execute("set timezone = 'UTC'")
        for system, said in _said(connection, draft):
            for word, is_record, erased_at in suppressed(
                connection, draft, key, system, said
            ):
                if erased_at > since and is_record:
                    records[system].add(word)
                elif erased_at > since:
                    identifiers[word] = "suppressed"
            for word, erased_at in erased_orders(connection, draft, key, system, said):
                if erased_at > since:
                    orders[system].add(word)
        keys = [
            record_key
            for record_key, system, word in _registered(connection, draft)
            if word in identifiers or word in records[system] | orders[system]
        ]
        for record_key in keys:
            system, _, record_id = record_key.split(":", 2)
            records[system].add(record_id.lower())
        customer_ids = _customers_of(connection, draft, keys)
    words = Words(identifiers, _frozen(records), _frozen(orders), tuple(sorted(keys)))
    return words, customer_ids


def _frozen(words: Mapping[str, set[str]]) -> dict[str, frozenset[str]]:
    return {system: frozenset(found) for system, found in words.items() if found}


def _said(
    connection: duckdb.DuckDBPyConnection, draft: DataDir
) -> Iterator[tuple[str, list[str]]]:
    """Yield what files say in personal columns, and what records are called."""
    for source in source_tables(manifest()):
        if source.personal_columns:
            for root in (draft.landing, draft.archive):
                yield source.system, _said_in(connection, source, root)
    registered: dict[str, list[str]] = defaultdict(list)
    for _, system, word in _registered(connection, draft):
        registered[system].append(word)
    yield from registered.items()


def _said_in(
    connection: duckdb.DuckDBPyConnection, source: SourceTable, root: Path
) -> list[str]:
    said: set[str] = set()
    for file in find_files(root, source.landing_folder, 0)[0]:
        try:
            said.update(words_in(connection, source, file))
        except RefusedFileError:
            continue
    return sorted(said)


def _registered(
    connection: duckdb.DuckDBPyConnection, draft: DataDir
) -> list[tuple[str, str, str]]:
    """Return the key, system and id, in lower case, of every record."""
    registry = draft.state / "record_registry.parquet"
    if not registry.exists():
        return []
    return connection.execute(
        "select record_key, split_part(record_key, ':', 1), "
        "lower(regexp_extract(record_key, '^[^:]+:[^:]+:(.*)$', 1)) "
        f"from {read_parquet(registry)}"
    ).fetchall()


def _customers_of(
    connection: duckdb.DuckDBPyConnection, draft: DataDir, record_keys: list[str]
) -> list[str]:
    """Return the customers who had any of the records, which are nobody else's."""
    assignments = draft.state / "identity_assignments.parquet"
    if not record_keys or not assignments.exists():
        return []
    found = connection.execute(
        f"select distinct customer_id from {read_parquet(assignments)} "
        "where record_key in (select unnest($keys)) order by all",
        {"keys": record_keys},
    ).fetchall()
    return [customer_id for (customer_id,) in found]
