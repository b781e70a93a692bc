"""Erasure from the request to the proof: phases, each of which may be done twice.

Belongs here: the order of the phases and what each is told. Does not belong here: how
a phase works, which the other modules of this package know.

What everything is made from is rewritten, and the warehouse is built anew from it: a
new file has no free blocks in which anything could be left. Killed at any moment, the
erasure goes on where it was with `resume`; until then no run starts.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import BinaryIO

from orchestration import clock
from orchestration.ingestion.sources import SourceTable, source_tables
from orchestration.kept.state import save_state
from orchestration.privacy import access_log
from orchestration.privacy.erasure import journal, receipts
from orchestration.privacy.erasure.backups import mark_backups
from orchestration.privacy.erasure.changes import (
    Change,
    clear_unfinished,
    put_in_place,
)
from orchestration.privacy.erasure.copies import (
    redact_copies,
    redact_found,
    remove_copies_of_warehouse,
)
from orchestration.privacy.erasure.journal import Erasure, UnfinishedErasureError
from orchestration.privacy.erasure.kept_state import redact_state, write_names
from orchestration.privacy.erasure.landing_files import counted, redact_landing
from orchestration.privacy.erasure.plan import Plan
from orchestration.privacy.erasure.rows import Redactor, policy_of
from orchestration.privacy.erasure.scan import scan
from orchestration.privacy.erasure.suppression import ready_key, suppress, surrogate
from orchestration.privacy.erasure.words import Words
from orchestration.project import Manifest
from orchestration.releases.directory import drop_old
from orchestration.warehouse import DataDir, connect

Progress = Callable[[str], None]


@dataclass(frozen=True)
class _Work:
    """What every phase needs."""

    data: DataDir
    manifest: Manifest
    erasure: Erasure
    words: Words
    key: bytes
    say: Progress

    @property
    def folder(self) -> Path:
        return journal.folder(self.data)

    @property
    def erased_at(self) -> datetime:
        return datetime.fromisoformat(self.erasure.erased_at)

    def surrogates(self) -> dict[tuple[str, str], str]:
        """Return what stands for the ids of records whose rows stay as numbers."""
        keep = {s.system for s in source_tables(self.manifest) if s.is_kept_on_erasure}
        return {
            (system, word): surrogate(self.key, system, word)
            for system, ids in self.words.records.items()
            if system in keep
            for word in ids - self.words.orders.get(system, frozenset())
        }


def start(
    data: DataDir, made: Plan, *, reason: str | None, requested_by: str
) -> Erasure:
    """Write down an erasure, so that it will be finished whatever happens.

    Args:
        data: the data directory.
        made: what is to be done.
        reason: for the receipt; it may not name the people.
        requested_by: who asked for it.

    Raises:
        SuppressionKeyError: the key is lost, and people could come back.
        UnfinishedErasureError: another erasure is unfinished.
        ValueError: the reason says what is to be erased.
        WarehouseLockedError: a run is writing.
    """
    journal.refuse_if_pending(data)
    if reason and made.words.proven.find(reason.encode()):
        raise ValueError(
            "The reason names whom it erases, and the receipt is kept: give a number "
            "of a ticket instead. Nobody was erased."
        )
    ready_key(data)
    erased_at = clock.machine_time()
    erasure = Erasure(
        erasure_id=f"E{erased_at:%Y%m%d}-{secrets.token_hex(4)}",
        customer_ids=made.customer_ids,
        reason=reason,
        requested_by=requested_by,
        erased_at=erased_at.isoformat(),
        phase=journal.FIRST_PHASE,
        former_ids=made.former_ids,
    )
    # With the warehouse in hand, no run writes; after it, none starts.
    with connect(data.warehouse) as connection:
        # The mirrors are what the new warehouse is built from.
        save_state(connection, data)
        access_log.append(
            data,
            "privacy.erase",
            purpose=reason,
            details={
                "erasure_id": erasure.erasure_id,
                "people": len(made.customer_ids),
            },
            by=requested_by,
        )
        journal.begin(data, erasure, made.words)
    return erasure


def carry_on(
    data: DataDir, manifest: Manifest, say: Progress = lambda _text: None
) -> list[receipts.Receipt]:
    """Do what is left of the erasure that was begun; return its receipt.

    Args:
        data: the data directory.
        manifest: dbt's.
        say: told each phase as it begins.

    Raises:
        UnfinishedErasureError: none was begun, the new warehouse could not be built, or
            something is left; the message says where and what to do.
    """
    erasure = journal.pending(data)
    if erasure is None:
        raise UnfinishedErasureError("No erasure is unfinished.")
    with journal.held(data), journal.finishing(erasure):
        words = Words.load(journal.folder(data) / "words.json")
        work = _Work(data, manifest, erasure, words, ready_key(data), say)
        phases = list(PHASES)
        for phase in phases[phases.index(erasure.phase) :]:
            say(phase)
            journal.advance(data, erasure, phase)
            PHASES[phase](work)
        journal.finish(data)
    return [r for r in receipts.receipts(data) if r.erasure_id == erasure.erasure_id]


def _suppress(work: _Work) -> None:
    # Whom a backup brings back was suppressed when they were erased first.
    if work.erasure.restored_from is None:
        suppress(work.data, work.key, work.words, work.erased_at)
    write_names(work.data, work.words, work.surrogates(), work.folder / "names.parquet")


def _rewrite_landing(work: _Work) -> None:
    for root in (work.data.landing, work.data.archive):
        clear_unfinished(root)
    surrogates = work.surrogates()

    def redactor(source: SourceTable) -> Redactor:
        mine = {w: new for (s, w), new in surrogates.items() if s == source.system}
        return Redactor(policy_of(source), work.words, mine)

    def place(path: Path, change: Change, write: Callable[[BinaryIO], None]) -> Change:
        return put_in_place(path, change, write, partial(journal.intend, work.data))

    for _ in redact_landing(work.data, work.manifest, redactor, place, work.say):
        pass  # Each file is in its place before the next one is read.


def _rewrite_state(work: _Work) -> None:
    touched = redact_state(
        work.data,
        work.erasure.all_ids,
        work.words,
        journal.changes(work.data),
        work.folder / "names.parquet",
    )
    journal.count(
        work.data, {f"state/{name}": count for name, count in touched.items()}
    )


def _clear_copies(work: _Work) -> None:
    copies = remove_copies_of_warehouse(work.data)
    touched = redact_copies(work.data, work.erasure.all_ids, work.words, work.folder)
    journal.count(work.data, {**touched, **copies})


def _write_receipt(work: _Work) -> None:
    found = counted(journal.changes(work.data))
    for place, count in journal.counts(work.data).items():
        found[place, "removed"] = count
    for backup, action in mark_backups(work.data).items():
        found[f"backups/{backup}", action] = 1
    releases = list((work.data.published / "releases").glob("*"))
    found["published", "releases replaced"] = len(releases)
    found["warehouse.duckdb", "built anew"] = 1
    receipts.keep(work.data, work.erasure, found)


def _build_anew(work: _Work) -> None:
    """Build and publish without the people; then drop every release that had them."""
    from orchestration.run import refresh

    is_built = work.folder / "built"
    if not is_built.exists():
        for path in (work.data.warehouse, Path(f"{work.data.warehouse}.wal")):
            path.unlink(missing_ok=True)
        is_built.touch()
    outcome = refresh(work.data)
    if not outcome.success:
        why = "; ".join(outcome.failures) or "the run failed"
        raise UnfinishedErasureError(
            f"The warehouse could not be built without the people: {why} Readers still "
            "see the release that names them. See to it, then: "
            "c360 privacy erase --resume"
        )
    releases = work.data.published / "releases"
    drop_old(releases, (work.data.published / "current").resolve(), kept=1)


def _prove(work: _Work) -> None:
    """Look at every byte; loud if anything is left."""
    with connect(work.data.warehouse) as connection:
        connection.execute("checkpoint")
    finds = list(scan(work.data.root, work.words.proven, work.folder))
    # What the run wrote since, such as logs of Dagster, is seen to now.
    left = redact_found(work.data, finds, work.words, work.folder)
    if left:
        places = "\n".join(f"  {find}" for find in left[:20])
        raise UnfinishedErasureError(
            f"Something that only the erased people held is left in {len(left)} "
            f"files:\n{places}\nRemove it, then: c360 privacy erase --resume"
        )
    files = sum(path.is_file() for path in work.data.root.rglob("*"))
    receipts.keep(
        work.data, work.erasure, {("all files", "proven free of them"): files}
    )


PHASES: Mapping[str, Callable[[_Work], None]] = {
    "suppress": _suppress,
    "landing": _rewrite_landing,
    "state": _rewrite_state,
    "copies": _clear_copies,
    "receipt": _write_receipt,
    "build": _build_anew,
    "prove": _prove,
}
"""What is done, in this order; each does no more when it is done again."""
