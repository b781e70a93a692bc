"""Who of an audience is sent now: members of the release, less who has withdrawn since.

Belongs here: reading audiences and people from the published release, and what consent
says at the moment of export. Does not belong here: what was sent before (sent.py).
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import duckdb
import yaml

from orchestration.activation.destination import ActivationError, Destination
from orchestration.activation.normalise import create_macros
from orchestration.clock import machine_time
from orchestration.privacy.restrictions import restrictions
from orchestration.privacy.withdrawals import withdrawals
from orchestration.releases.directory import current_manifest
from orchestration.warehouse import PROJECT_ROOT, DataDir


@dataclass(frozen=True)
class Audience:
    """An audience of the release."""

    audience_id: str
    name: str
    purpose: str
    channel: str
    customer_count: int
    member_count: int
    control_count: int


@contextmanager
def opened_release(data: DataDir) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open a database in memory beside the release, which cannot be written to.

    Raises:
        FileNotFoundError: nothing was published yet, or nothing with audiences.
    """
    path = (data.published / "current" / "customer360.duckdb").resolve()
    if not path.exists():
        raise FileNotFoundError(
            f"There is no release under {data.published}. Run c360 run."
        )
    with duckdb.connect() as connection:
        connection.execute("set timezone = 'UTC'")
        connection.execute(f"attach '{path}' as published (read_only)")
        try:
            connection.execute("from published.marts.audiences limit 1").fetchall()
        except duckdb.CatalogException:
            raise FileNotFoundError(
                "The release holds no audiences yet. Run c360 run."
            ) from None
        create_macros(connection)
        yield connection


def list_audiences(connection: duckdb.DuckDBPyConnection) -> list[Audience]:
    """Return all audiences of the release, by id."""
    rows = connection.execute(
        """
        select
            audience_id, name, purpose, channel,
            customer_count, member_count, control_count
        from published.marts.audiences
        order by audience_id
        """
    ).fetchall()
    return [Audience(*row) for row in rows]


def find_audience(
    connection: duckdb.DuckDBPyConnection, audience_id: str, destination: Destination
) -> Audience:
    """Return an audience that may go to a destination.

    Raises:
        ActivationError: there is none of that id, or its channel is another one.
    """
    audiences = {found.audience_id: found for found in list_audiences(connection)}
    if audience_id not in audiences:
        raise ActivationError(
            f"There is no audience {audience_id!r} in the release; audiences are "
            f"{', '.join(audiences) or 'none yet'}."
        )
    audience = audiences[audience_id]
    if audience.channel not in destination.channels:
        raise ActivationError(
            f"{destination.title} takes audiences of the channel "
            f"{' or '.join(sorted(destination.channels))}, and the members of "
            f"{audience_id} have agreed to {audience.channel}."
        )
    return audience


def gather_recipients(
    connection: duckdb.DuckDBPyConnection, data: DataDir, audience: Audience
) -> int:
    """Make the table `recipients` of whom to send to; return how many have withdrawn.

    Members of the control group are not in it.
    """
    connection.execute(
        "create or replace temp table withdrawals (identifier varchar, "
        "purpose varchar, channel varchar, withdrawn_at timestamp)"
    )
    rows = [
        (made.identifier, made.purpose, made.channel, made.withdrawn_at)
        for made in withdrawals(data)
        if made.purpose in (None, audience.purpose)
        and made.channel in (None, audience.channel)
    ]
    # No grant is later than a restriction that still stands.
    rows += [
        (made.customer_id, None, None, datetime.max) for made in restrictions(data)
    ]
    if rows:
        connection.executemany("insert into withdrawals values (?, ?, ?, ?)", rows)
    connection.execute(
        """
        create or replace temp table withdrawn as
        with named as (
            select customer_id as identifier, current_customer_id as customer_id
            from published.marts.customer_id_aliases
            union all
            select identifier_value, customer_id
            from published.marts.customer_identifiers
            union all
            select record_key, customer_id from published.marts.customer_records
            union all
            select lower(email), customer_id from published.marts.customers
            union all
            select phone, customer_id from published.marts.customers
        )
        select named.customer_id, max(withdrawals.withdrawn_at) as withdrawn_at
        from withdrawals
        inner join named using (identifier)
        group by named.customer_id
        """
    )
    connection.execute(
        """
        create or replace temp table recipients as
        select
            person.* exclude (birth_date),
            cast(person.birth_date as date) as birth_date,
            $channel as channel,
            coalesce(
                -- A later grant overrides; one without a date does not.
                withdrawn.withdrawn_at >= coalesce(agreed.stated_at, '-infinity'),
                false
            ) as has_withdrawn
        from published.marts.audience_members as members
        inner join published.marts.customers as person using (customer_id)
        inner join published.marts.consents as agreed
            on
                members.customer_id = agreed.customer_id
                and agreed.purpose = $purpose
                and agreed.channel = $channel
                and agreed.is_granted
                and coalesce(agreed.expires_at > $now, true)
        left join withdrawn on members.customer_id = withdrawn.customer_id
        where members.audience_id = $audience_id and not members.is_control
        """,
        {
            "audience_id": audience.audience_id,
            "purpose": audience.purpose,
            "channel": audience.channel,
            "now": machine_time(),
        },
    )
    (count,) = connection.execute(
        "select count(*) from recipients where has_withdrawn"
    ).fetchall()[0]
    connection.execute("delete from recipients where has_withdrawn")
    return count


def unread_consents(data: DataDir) -> list[str]:
    """Return files with consent in them that the release does not know yet.

    These are files of systems that state consent, under `landing/`, of no batch that
    the release was made from; batches that were rejected do not count.
    """
    manifest = current_manifest(data) or {}
    ledger = data.state / "ingested_files.parquet"
    known: set[tuple[str, int]] = set()
    if ledger.exists():
        batches = data.state / "batches.parquet"
        rejected = (
            f"select batch_id from '{batches}' where status = 'rejected'"
            if batches.exists()
            else "select null"
        )
        with duckdb.connect() as connection:
            known = set(
                connection.execute(
                    f"""
                    select path, bytes from '{ledger}'
                    where
                        batch_id is null  -- had nothing to load, such as a copy
                        or list_contains($read, batch_id)
                        or batch_id in ({rejected})
                    """,
                    {"read": manifest.get("raw_batches", [])},
                ).fetchall()
            )
    return [
        path.relative_to(data.landing).as_posix()
        for system in _consenting_systems()
        for path in sorted((data.landing / system).glob("*/*"))
        if path.is_file()
        and path.suffix != ".tmp"
        and (path.relative_to(data.landing).as_posix(), path.stat().st_size)
        not in known
    ]


def _consenting_systems() -> list[str]:
    # As project.project_dir, which brings Dagster along.
    project = Path(os.environ.get("C360_PROJECT_DIR", PROJECT_ROOT)).resolve()
    path = project / "dbt_project.yml"
    declared = yaml.safe_load(path.read_text(encoding="utf-8")).get("vars") or {}
    return list((declared.get("feeds") or {}).get("consents") or [])
