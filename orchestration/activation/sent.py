"""What a destination holds by our hand, so that an export sends the difference only.

`exports/<destination>/<audience>/sent.parquet` has a row per person: customer id, a
digest of what was sent and, of destinations that compare hashes, the hashes, which is
what a person is removed by. Each batch that a destination took is kept at once as a
file of its own under `taken/` and folded in at the end, so an export that is cut off
knows what arrived. Belongs here: these files. Does not belong here: what is to be sent
(difference.py), and sending it (delivery.py).
"""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import duckdb

from orchestration.activation.destination import (
    ActivationError,
    Batch,
    Destination,
)
from orchestration.warehouse import DataDir

COLUMNS = "customer_id, digest, email_key, phone_key, rest"


class Sent:
    """What one destination was sent of one audience."""

    def __init__(self, folder: Path) -> None:
        self._base = folder / "sent.parquet"
        self._taken = folder / "taken"

    def load(self, connection: duckdb.DuckDBPyConnection) -> None:
        """Make the table `sent` of who is at the destination now."""
        connection.execute(
            """
            create or replace temp table sent (
                customer_id varchar, digest varchar, email_key varchar,
                phone_key varchar, rest varchar
            )
            """
        )
        files = [
            path
            for path in (self._base, *sorted(self._taken.glob("*.parquet")))
            if path.exists()
        ]
        if files:
            connection.execute(
                f"""
                insert into sent
                select {COLUMNS}
                from (
                    select *
                    from read_parquet($files, filename = true)
                    qualify row_number() over (
                        partition by customer_id
                        order by list_position($files, filename) desc
                    ) = 1
                )
                where operation = 'add'
                """,
                {"files": [str(path) for path in files]},
            )

    def take(self, connection: duckdb.DuckDBPyConnection, batch: Batch) -> None:
        """Keep that the destination has taken a batch of the table `plan`."""
        self._taken.mkdir(parents=True, exist_ok=True)
        number = 1 + len(list(self._taken.glob("*.parquet")))
        _write(
            connection,
            f"select operation, {COLUMNS} from plan where batch = {batch.number}",
            self._taken / f"{number:06d}-{batch.batch_id}.parquet",
        )

    def fold(self, connection: duckdb.DuckDBPyConnection) -> None:
        """Make one file of what the batches left; a crash meanwhile changes nothing."""
        if self._taken.exists():
            self.load(connection)
            _write(
                connection,
                f"select 'add' as operation, {COLUMNS} from sent order by customer_id",
                self._base,
            )
            shutil.rmtree(self._taken)


@contextmanager
def sent_to(data: DataDir, destination: Destination, audience: str) -> Iterator[Sent]:
    """Open what a destination was sent of an audience, for one export at a time.

    Args:
        data: the data directory.
        destination: the destination.
        audience: id of the audience and, where a destination has lists, of the list.

    Raises:
        ActivationError: another export of the same is under way.
    """
    folder = data.exports / destination.name / audience
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise ActivationError(
                f"An export of {audience} to {destination.name} is under way. Wait for "
                "it, then export again: what it sent is not sent twice."
            ) from error
        yield Sent(folder)


def recipients_of(data: DataDir, customer_ids: Sequence[str]) -> list[str]:
    """Return where any of these people were sent, as `<destination>/<audience>`.

    It is what GDPR, article 15, calls the recipients, and article 19 has them told of.
    """
    places = []
    for folder in sorted(data.exports.glob("*/*/")):
        with duckdb.connect() as connection:
            Sent(folder).load(connection)
            (found,) = connection.execute(
                "select count(*) from sent where list_contains($ids, customer_id)",
                {"ids": list(customer_ids)},
            ).fetchall()[0]
        if found:
            places.append(folder.relative_to(data.exports).as_posix())
    return places


def empty_since(data: DataDir, moment: float) -> list[Path]:
    """Return the folders of audiences of which a destination holds nobody.

    Args:
        data: the data directory.
        moment: in seconds since 1970; nothing was written to the folders since.
    """
    found = []
    for folder in sorted(data.exports.glob("*/*/")):
        written = [path.stat().st_mtime for path in folder.rglob("*.parquet")]
        if written and max(written) < moment:
            with duckdb.connect() as connection:
                Sent(folder).load(connection)
                (people,) = connection.execute("select count(*) from sent").fetchall()[
                    0
                ]
            if not people:
                found.append(folder)
    return found


def forget(data: DataDir, customer_ids: Sequence[str]) -> int:
    """Take people out of what is kept of exports; return the rows. For erasure.

    A destination is told to remove somebody by what is kept here, so export first.
    """
    rows = 0
    for path in sorted(data.exports.glob("*/*/**/*.parquet")):
        with duckdb.connect() as connection:
            (found,) = connection.execute(
                f"select count(*) from '{path}' where list_contains($ids, customer_id)",
                {"ids": list(customer_ids)},
            ).fetchall()[0]
            if found:
                connection.execute("create temp table erased (customer_id varchar)")
                connection.executemany(
                    "insert into erased values (?)", [[value] for value in customer_ids]
                )
                _write(
                    connection,
                    f"from '{path}' anti join erased using (customer_id)",
                    path,
                )
                rows += found
    return rows


def _write(connection: duckdb.DuckDBPyConnection, query: str, path: Path) -> None:
    """Write a Parquet file that is there whole or not at all."""
    unfinished = path.with_suffix(".tmp")
    connection.execute(f"copy ({query}) to '{unfinished}' (format parquet)")
    with unfinished.open("rb") as file:
        os.fsync(file.fileno())
    unfinished.replace(path)
