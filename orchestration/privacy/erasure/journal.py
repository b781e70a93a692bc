"""How far an erasure has come: what a later process needs to finish it.

Belongs here: the journal, and keeping others out while an erasure is unfinished. Does
not belong here: what the phases do (`erase.py`).

`state/erasing/` holds the journal, and what is looked for, in the clear: without it an
erasure that was killed half-way could not know what is left to find. It is the last
thing to go.
"""

from __future__ import annotations

import fcntl
import json
import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from orchestration.privacy.erasure.changes import Change
from orchestration.privacy.erasure.words import Words
from orchestration.warehouse import DataDir

FIRST_PHASE = "suppress"
_FINISHING = "C360_FINISHING_ERASURE"


class UnfinishedErasureError(ValueError):
    """An erasure is under way or was cut short; the message says what to do."""


@dataclass(frozen=True)
class Erasure:
    """One batch of people, and the phase that is next.

    Attributes:
        erasure_id: names it on the receipt.
        customer_ids: who is erased.
        former_ids: ids that once meant the same people.
        restored_from: the backup that brought back whom earlier erasures had erased.
        reason: why, for the receipt; without personal data.
        requested_by: who asked for it.
        erased_at: from when on it counts, UTC, ISO 8601.
        phase: the one that is to be done next.
    """

    erasure_id: str
    customer_ids: list[str]
    reason: str | None
    requested_by: str
    erased_at: str
    phase: str
    former_ids: list[str] = field(default_factory=list)
    restored_from: str | None = None

    @property
    def all_ids(self) -> list[str]:
        """Every customer id that meant one of them."""
        return [*self.customer_ids, *self.former_ids]


def folder(data: DataDir) -> Path:
    """Return where the work of an unfinished erasure is kept."""
    return data.state / "erasing"


def begin(data: DataDir, erasure: Erasure, words: Words) -> None:
    """Write down what is to be done; nothing was touched before this returns."""
    draft = data.state / "erasing.tmp"
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(parents=True, mode=0o700)
    words.save(draft / "words.json")
    _write(draft / "erasure.json", asdict(erasure))
    draft.rename(folder(data))


def pending(data: DataDir) -> Erasure | None:
    """Return the erasure that is unfinished, or None."""
    path = folder(data) / "erasure.json"
    if not path.exists():
        return None
    return Erasure(**json.loads(path.read_text(encoding="utf-8")))


def advance(data: DataDir, erasure: Erasure, phase: str) -> Erasure:
    """Write down that the next phase is this one."""
    later = replace(erasure, phase=phase)
    _write(folder(data) / "erasure.json", asdict(later))
    return later


def finish(data: DataDir) -> None:
    """Remove the journal, and with it what was looked for."""
    (folder(data) / "words.json").unlink(missing_ok=True)
    done = data.state / "erasing.tmp"
    folder(data).rename(done)
    shutil.rmtree(done)


def intend(data: DataDir, change: Change) -> None:
    """Write down what is about to happen to a file."""
    with (folder(data) / "changes.jsonl").open("a", encoding="utf-8") as log:
        log.write(json.dumps(change.as_dict()) + "\n")
        log.flush()
        os.fsync(log.fileno())


def changes(data: DataDir) -> list[Change]:
    """Return what happened to files, each once."""
    path = folder(data) / "changes.jsonl"
    if not path.exists():
        return []
    found = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        change = Change(**json.loads(line))
        # One that was killed before its step is intended again.
        found[change.path, change.sha256_before] = change
    return list(found.values())


def count(data: DataDir, touched: Mapping[str, int]) -> None:
    """Keep counts by place for the receipt: a phase that is done again finds less."""
    known = counts(data)
    most = {place: max(n, known.get(place, 0)) for place, n in touched.items()}
    _write(folder(data) / "touched.json", {**known, **most})


def counts(data: DataDir) -> dict[str, int]:
    """Return what `count` kept."""
    path = folder(data) / "touched.json"
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}


def refuse_if_pending(data: DataDir) -> None:
    """Keep everybody but the erasure itself from a half-erased data directory.

    Raises:
        UnfinishedErasureError: an erasure is unfinished.
    """
    erasure = pending(data)
    if erasure and os.environ.get(_FINISHING) != erasure.erasure_id:
        raise UnfinishedErasureError(
            f"The erasure {erasure.erasure_id} of {len(erasure.customer_ids)} people "
            f"is unfinished (next: {erasure.phase}). Finish it with: "
            "c360 privacy erase --resume"
        )


@contextmanager
def held(data: DataDir) -> Iterator[None]:
    """Hold the right to erase, one process at a time.

    Raises:
        UnfinishedErasureError: another process is erasing.
    """
    data.state.mkdir(parents=True, exist_ok=True)
    with (data.state / "erasure.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise UnfinishedErasureError(
                "Another process is erasing. Wait for it to finish."
            ) from None
        yield


@contextmanager
def finishing(erasure: Erasure) -> Iterator[None]:
    """Let a run in this process pass, which the erasure itself needs."""
    os.environ[_FINISHING] = erasure.erasure_id
    try:
        yield
    finally:
        del os.environ[_FINISHING]


def _write(path: Path, said: Mapping[str, Any]) -> None:
    unfinished = path.with_name(f"{path.name}.tmp")
    unfinished.touch(mode=0o600)
    with unfinished.open("w", encoding="utf-8") as file:
        json.dump(said, file)
        file.flush()
        os.fsync(file.fileno())
    unfinished.replace(path)
