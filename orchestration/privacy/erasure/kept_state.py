"""What outlives the warehouse, without erased people: the mirrors under `state/`.

Belongs here: renaming records, forgetting history, and what the ledger of files says of
a file that was rewritten. Does not belong here: the rows themselves (`files.py`).

Records that stay as numbers bear a surrogate's name; of the others their number alone
stays, so that it is never given again. The first surrogate of a person takes the number
of the person's founder, so that the customer id stays, without its data.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping, Sequence
from pathlib import Path

import duckdb
import pyarrow as pa

from orchestration.identity.decisions import forget as forget_decisions
from orchestration.identity.decisions import link_all
from orchestration.kept.state import read_parquet
from orchestration.privacy.erasure.changes import Change
from orchestration.privacy.erasure.words import Words
from orchestration.privacy.withdrawals import forget as forget_withdrawals
from orchestration.warehouse import DataDir

_HISTORIES = ("customer_history", "segment_history")

# `words.record_keys` and what became of their ids, as a table of new names.
_NAMES = """
create table names as
with

held as (

    select
        record_key,
        any_value(customer_id) as customer_id
    from read_parquet($assignments)
    where committed_to is null
    group by record_key

),

kept as (

    select
        registry.record_key,
        registry.record_seq,
        coalesce(
            held.customer_id, 'C' || lpad(registry.record_seq::varchar, 10, '0')
        ) as customer_id,
        coalesce(stays.new_key, 'erased:record:' || wanted.token) as new_key,
        stays.new_key is not null as is_kept
    from read_parquet($registry) as registry
    inner join wanted on registry.record_key = wanted.record_key
    left join held on registry.record_key = held.record_key
    left join stays on registry.record_key = stays.record_key

),

firsts as (

    select
        customer_id,
        min(record_seq) filter (is_kept) as first_seq,
        cast(substr(customer_id, 2) as bigint) as founder_seq
    from kept
    group by customer_id

)

select
    kept.record_key,
    kept.new_key,
    kept.customer_id,
    kept.is_kept,
    case
        when firsts.first_seq is null then kept.record_seq
        when kept.record_seq = firsts.first_seq then firsts.founder_seq
        when kept.record_seq = firsts.founder_seq then firsts.first_seq
        else kept.record_seq
    end as new_seq
from kept
inner join firsts on kept.customer_id = firsts.customer_id
"""


def write_names(
    data: DataDir, words: Words, surrogates: Mapping[tuple[str, str], str], path: Path
) -> None:
    """Write down the new names of the records, once and for all phases.

    Args:
        data: the data directory.
        words: of the batch.
        surrogates: what stands for the id of a record that stays, by system and id.
        path: the file to write.
    """
    if path.exists():
        return
    registry = data.state / "record_registry.parquet"
    assignments = data.state / "identity_assignments.parquet"
    wanted, stays = [], []
    for record_key in words.record_keys:
        wanted.append((record_key, secrets.token_hex(8)))
        system, entity, record_id = record_key.split(":", 2)
        if record_id.lower() in words.orders.get(system, ()):
            stays.append((record_key, record_key))
        elif new := surrogates.get((system, record_id.lower())):
            stays.append((record_key, f"{system}:{entity}:{new}"))
    with duckdb.connect() as connection:
        for name, rows in (("wanted", wanted), ("stays", stays)):
            second = "token" if name == "wanted" else "new_key"
            columns = {"record_key": [r for r, _ in rows], second: [n for _, n in rows]}
            schema = pa.schema([("record_key", pa.string()), (second, pa.string())])
            connection.register(name, pa.table(columns, schema))
        connection.execute(
            _NAMES, {"registry": str(registry), "assignments": str(assignments)}
        )
        _write(connection, "from names order by record_key", path)


def redact_state(
    data: DataDir,
    customer_ids: Sequence[str],
    words: Words,
    changes: Sequence[Change],
    names: Path,
) -> dict[str, int]:
    """Take people out of everything under `state/`; return the rows touched by file.

    Each file is replaced in one step, and doing it twice does nothing more.
    """
    touched: dict[str, int] = {}
    with duckdb.connect() as connection:
        connection.execute(f"create view names as from {read_parquet(names)}")
        connection.register("erased", pa.table({"customer_id": [*customer_ids]}))
        connection.register("changes", _as_table(changes))
        for name, query, condition in _REWRITES:
            path = data.state / f"{name}.parquet"
            if not path.exists():
                continue
            source = read_parquet(path)
            (count,) = connection.execute(
                f"select count(*) from {source} as kept where {condition}"
            ).fetchall()[0]
            if count:
                _write(connection, query.format(source=source), path)
                touched[name] = count
        touched["gate_results"] = _forget_examples(connection, data, words)
        touched["identity_decisions"] = forget_decisions(
            data,
            [
                record_key
                for (record_key,) in connection.execute(
                    "select record_key from names where record_key <> new_key"
                ).fetchall()
            ],
        )
        _link(connection, data)
    touched["consent_withdrawals"] = forget_withdrawals(
        data, [*words.identifiers, *words.record_keys, *customer_ids]
    )
    return {name: count for name, count in touched.items() if count}


_REWRITES = (
    (
        "record_registry",
        """
        select
            coalesce(names.new_key, kept.record_key) as record_key,
            coalesce(names.new_seq, kept.record_seq) as record_seq,
            kept.* exclude (record_key, record_seq) replace (
                -- A number alone is neither a person nor a device.
                if(coalesce(names.is_kept, true), kept.is_device, null) as is_device
            )
        from {source} as kept
        left join names on kept.record_key = names.record_key
        order by all
        """,
        "record_key in (select record_key from names)",
    ),
    (
        "identity_assignments",
        """
        select
            coalesce(names.new_key, kept.record_key) as record_key,
            kept.* exclude (record_key)
        from {source} as kept
        left join names on kept.record_key = names.record_key
        order by all
        """,
        "record_key in (select record_key from names where record_key <> new_key)",
    ),
    *(
        (
            name,
            "from {source} as kept anti join erased using (customer_id) order by all",
            "customer_id in (from erased)",
        )
        for name in _HISTORIES
    ),
    (
        "ingested_files",
        """
        select
            kept.* replace (
                coalesce(changes.sha256_after, kept.sha256) as sha256,
                coalesce(changes.bytes_after, kept.bytes) as bytes,
                kept.rows_read - coalesce(changes.removed, 0) as rows_read,
                kept.rows_loaded - coalesce(changes.removed - changes.quarantined, 0)
                    as rows_loaded,
                kept.rows_quarantined - coalesce(changes.quarantined, 0)
                    as rows_quarantined
            )
        from {source} as kept
        left join changes
            on kept.path = changes.path and kept.sha256 = changes.sha256_before
        order by all
        """,
        "(path, sha256) in (select (path, sha256_before) from changes)",
    ),
)
"""Name of a mirror, what it is to hold, and which of its rows are touched."""


def _forget_examples(
    connection: duckdb.DuckDBPyConnection, data: DataDir, words: Words
) -> int:
    """Take out of the findings of the raw gate what they quote."""
    path = data.state / "gate_results.parquet"
    if not path.exists():
        return 0
    rows = connection.sql(
        f"select concat_ws(chr(10), observed, examples, reason) as text "
        f"from {read_parquet(path)}"
    ).to_arrow_table()
    found = words.proven.in_rows(rows["text"].combine_chunks())
    if found:
        connection.register("quoting", pa.table({"place": sorted(found)}))
        _write(
            connection,
            "select * exclude (place) replace ("
            "if(place in (from quoting), null, examples) as examples, "
            "if(place in (from quoting), null, observed) as observed) "
            "from (select *, row_number() over () - 1 as place "
            f"from {read_parquet(path)}) order by all",
            path,
        )
    return len(found)


def _link(connection: duckdb.DuckDBPyConnection, data: DataDir) -> None:
    """Keep what stays of one person one customer, though nothing joins it any more."""
    pairs = connection.execute(
        """
        select
            first_value(new_key) over person as first_key,
            new_key
        from names
        where is_kept
        window person as (partition by customer_id order by new_seq)
        qualify row_number() over person > 1
        """
    ).fetchall()
    link_all(data, pairs, reason="Orders of one person who was erased", by="erasure")


def _as_table(changes: Sequence[Change]) -> pa.Table:
    rows = [change.as_dict() for change in changes] or [Change("").as_dict()]
    return pa.Table.from_pylist(rows).slice(0, len(changes))


def _write(connection: duckdb.DuckDBPyConnection, query: str, path: Path) -> None:
    unfinished = path.with_name(f"{path.name}.tmp")
    connection.execute(
        f"copy ({query}) to '{unfinished}' (format parquet, compression zstd)"
    )
    with unfinished.open("rb") as file:
        os.fsync(file.fileno())
    unfinished.replace(path)
