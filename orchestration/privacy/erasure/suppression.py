"""Keeping people erased: what a source sends again of them does not come back.

`state/suppressions.parquet` holds keyed hashes (HMAC-SHA-256, RFC 2104) of what erased
people held. The key lies outside the data directory, so that whoever has the data alone
cannot try addresses against the hashes. A record that was erased is suppressed for
good; an identifier only in rows from before the erasure, so that somebody who comes
back is a customer again.

Belongs here: the hashes, and the words of a file that they suppress. Does not
belong here: taking these out of the file (`files.py`).
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from orchestration.privacy.erasure.words import Words
from orchestration.privacy.secret_key import SecretKeyError, key_for, key_path
from orchestration.warehouse import DataDir

_BLOCK = 64
# What its holder may come back with, and its hashes; other identifiers name a record.
_WAYS_TO_REACH = {"email", "phone", "hash", "email_sha256", "phone_sha256"}

_SCHEMA = pa.schema(
    [
        ("digest", pa.string()),
        ("is_record", pa.bool_()),
        ("erased_at", pa.timestamp("us")),
        ("key_id", pa.string()),
    ]
)


class SuppressionKeyError(ValueError):
    """The key is lost, is another one, or lies where it must not."""


def list_path(data: DataDir) -> Path:
    """Return the file that holds the hashes."""
    return data.state / "suppressions.parquet"


def ready_key(data: DataDir) -> bytes:
    """Return the key of suppressions; the secret is made where nobody was ever erased.

    Raises:
        SuppressionKeyError: people are suppressed and their key is gone or another, or
            it would lie among the data.
    """
    path, known = key_path(), list_path(data)
    if path.is_relative_to(data.root.resolve()):
        raise SuppressionKeyError(
            f"The key {path} must not lie in the data directory, which it protects. "
            "Name a file elsewhere in C360_KEY_FILE."
        )
    if known.exists() and not path.exists():
        raise SuppressionKeyError(
            f"The key {path} is gone, and {known} cannot be read without it: people "
            "who were erased could come back. Put the key back from your backup, or "
            "name where it is in C360_KEY_FILE."
        )
    try:
        key = bytes.fromhex(key_for("suppression"))
    except SecretKeyError as error:
        raise SuppressionKeyError(str(error)) from error
    if known.exists():
        used = set(pq.read_table(known, columns=["key_id"])["key_id"].to_pylist())
        if used - {_key_id(key)}:
            raise SuppressionKeyError(
                f"{path} is not the key that {known} was made with. Put that one back, "
                "or name where it is in C360_KEY_FILE."
            )
    return key


def surrogate(key: bytes, system: str, record_id: str) -> str:
    """Return what stands for an erased record; the same whenever it is sent again."""
    said = f"surrogate:{system}:{record_id.lower()}"
    return f"erased-{hmac.digest(key, said.encode(), 'sha256').hex()[:16]}"


def suppress(data: DataDir, key: bytes, words: Words, erased_at: datetime) -> int:
    """Add what people held to the list; return how many hashes are new."""
    # The id of a record may be an address, which its holder may come back with.
    records = {
        f"{system}:{word}"
        for system, ids in words.records.items()
        for word in ids - words.orders.get(system, frozenset()) - set(words.identifiers)
        if "@" not in word
    }
    lasting = {
        f"{system}:{word}"
        for system, ids in words.records.items()
        for word in ids
        if words.identifiers.get(word, "hash") not in _WAYS_TO_REACH
    }
    said = {(f"record:{word}", True) for word in records | lasting}
    said |= {(f"identifier:{word}", False) for word in words.identifiers}
    said |= {
        (f"order:{system}:{word}", False)
        for system, numbers in words.orders.items()
        for word in numbers
    }
    new = pa.Table.from_pylist(
        [
            {
                "digest": hmac.digest(key, text.encode(), "sha256").hex(),
                "is_record": is_record,
                "erased_at": erased_at,
                "key_id": _key_id(key),
            }
            for text, is_record in sorted(said)
        ],
        _SCHEMA,
    )
    path = list_path(data)
    unfinished = path.with_suffix(".tmp")
    with duckdb.connect() as connection:
        connection.register("new", new)
        before = "select * from new where false"
        if path.exists():
            before = f"select * from read_parquet('{path}')"
        connection.execute(
            f"copy (select * from (from ({before}) union all from new) "
            "qualify row_number() over (partition by digest order by erased_at desc) "
            f"= 1 order by digest) to '{unfinished}' (format parquet)"
        )
    unfinished.replace(path)
    return len(new)


def suppressed(
    connection: duckdb.DuckDBPyConnection,
    data: DataDir,
    key: bytes,
    system: str,
    words: Iterable[str],
) -> list[tuple[str, bool, datetime]]:
    """Return which words are suppressed, whether for good, and since when.

    Args:
        connection: any.
        data: the data directory.
        key: the key.
        system: the source system that says the words.
        words: in lower case.
    """
    return _known(connection, data, key, system, words, ("record:{}:", "identifier:"))


def erased_orders(
    connection: duckdb.DuckDBPyConnection,
    data: DataDir,
    key: bytes,
    system: str,
    words: Iterable[str],
) -> list[tuple[str, datetime]]:
    """Return which words are numbers of erased people's orders, and since when.

    These are not suppressed: the orders stay. The arguments are those of `suppressed`.
    """
    found = _known(connection, data, key, system, words, ("order:{}:",))
    return [(word, erased_at) for word, _, erased_at in found]


def _known(
    connection: duckdb.DuckDBPyConnection,
    data: DataDir,
    key: bytes,
    system: str,
    words: Iterable[str],
    prefixes: Iterable[str],
) -> list[tuple[str, bool, datetime]]:
    """Look words up in the list, as what is said before each of them there."""
    inner, outer = (
        bytes(part ^ pad for part in _padded(key)).hex() for pad in (0x36, 0x5C)
    )
    connection.register("said", pa.table({"word": pa.array(words, pa.string())}))
    try:
        return connection.execute(
            f"""
            with

            texts as (

                select word, unnest($prefixes) || word as text from said

            ),

            hashed as (

                select
                    word,
                    sha256(
                        unhex('{outer}')
                        || unhex(sha256(unhex('{inner}') || encode(text)))
                    ) as digest
                from texts

            )

            select hashed.word, known.is_record, known.erased_at
            from hashed
            inner join read_parquet($list) as known on hashed.digest = known.digest
            """,
            {
                "prefixes": [prefix.format(system) for prefix in prefixes],
                "list": str(list_path(data)),
            },
        ).fetchall()
    finally:
        connection.unregister("said")


def _padded(key: bytes) -> bytes:
    short = key if len(key) <= _BLOCK else hashlib.sha256(key).digest()
    return short.ljust(_BLOCK, b"\0")


def _key_id(key: bytes) -> str:
    return hashlib.sha256(b"c360 suppression key " + key).hexdigest()[:16]
