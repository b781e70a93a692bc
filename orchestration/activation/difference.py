"""The difference between who is at a destination and who should be, in batches.

Belongs here: whom to remove and to add, and what a batch is. Does not belong here: how
that is remembered (sent.py).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import duckdb

from orchestration.activation.destination import Batch, Destination, Operation
from orchestration.activation.sent import COLUMNS


@dataclass(frozen=True)
class Difference:
    """What there is to send, in people and batches."""

    adds: int
    removes: int
    unchanged: int
    batches: int


def plan_difference(
    connection: duckdb.DuckDBPyConnection, destination: Destination
) -> Difference:
    """Make the table `plan` of `recipients` and `sent`: whom to remove, then to add.

    Whoever changed is removed by the old hashes and added by the new. A hash that
    somebody who stays has as well, such as that of a family's address, is not removed.
    """
    # Of values in the clear nothing is kept but a digest of all of them.
    rest = "rest" if destination.is_hashed else "cast(null as varchar) as rest"
    connection.execute(
        f"""
        create or replace temp table prepared as
        with spelt as (
            select
                customer_id,
                {destination.email_key} as email_key,
                {destination.phone_key} as phone_key,
                cast({destination.rest} as varchar) as rest
            from recipients
        )
        select
            customer_id,
            sha256(payload) as digest,
            email_key,
            phone_key,
            {rest},
            payload
        from (
            select *, cast({destination.member} as varchar) as payload from spelt
        )
        where payload is not null
        """
    )
    # A tool that knows people by id takes a changed one in place of the old.
    is_leaver = (
        "not is_known or is_changed" if destination.is_hashed else "not is_known"
    )
    connection.execute(
        f"""
        create or replace temp table plan as
        with leavers as (
            select
                sent.*,
                prepared.customer_id is not null as is_known,
                coalesce(prepared.digest <> sent.digest, false) as is_changed
            from sent
            left join prepared using (customer_id)
        ),
        theirs_alone as (
            select
                leavers.* replace (
                    case when emails.value is null then leavers.email_key end
                        as email_key,
                    case when phones.value is null then leavers.phone_key end
                        as phone_key
                )
            from leavers
            left join (select distinct email_key as value from prepared) as emails
                on leavers.email_key = emails.value
            left join (select distinct phone_key as value from prepared) as phones
                on leavers.phone_key = phones.value
            where {is_leaver}
        ),
        steps as (
            select
                'remove' as operation,
                {COLUMNS},
                cast({destination.leaver} as varchar) as payload
            from theirs_alone
            union all
            select 'add' as operation, {COLUMNS}, payload
            from prepared
            anti join (
                select customer_id from leavers where is_known and not is_changed
            ) as unchanged using (customer_id)
        ),
        numbered as (
            select
                *,
                (row_number() over (
                    partition by operation order by customer_id
                ) - 1) // {destination.batch_size} as part
            from steps
        )
        select
            * exclude (part),
            dense_rank() over (order by operation desc, part) as batch
        from numbered
        """
    )
    row = connection.execute(
        """
        select
            count(*) filter (where operation = 'add'),
            count(*) filter (where operation = 'remove'),
            (select count(*) from prepared) - count(*) filter (where operation = 'add'),
            coalesce(max(batch), 0)
        from plan
        """
    ).fetchall()[0]
    return Difference(*row)


def planned_batches(
    connection: duckdb.DuckDBPyConnection, target: str, difference: Difference
) -> Iterator[Batch]:
    """Yield what the table `plan` holds, batch by batch.

    The id of a batch is a digest of what is in it and where it goes: cut off and
    planned again, what did not arrive comes in batches of the same ids.
    """
    for number in range(1, difference.batches + 1):
        operation, members, size, digest = connection.execute(
            """
            select
                any_value(operation),
                coalesce(
                    '[' || string_agg(payload, ',' order by customer_id)
                    filter (where payload is not null) || ']',
                    '[]'
                ),
                count(payload),
                sha256(concat_ws(
                    '|', $target, any_value(operation),
                    string_agg(
                        customer_id || ':' || coalesce(payload, ''), '|'
                        order by customer_id
                    )
                ))
            from plan
            where batch = $number
            """,
            {"target": target, "number": number},
        ).fetchall()[0]
        step: Operation = operation
        yield Batch(digest[:32], number, step, members, size)
