"""A file that brings erased people back: their rows go before it is loaded.

Belongs here: what the loader asks of every file that is new. Does not belong here: the
list of who is suppressed (`suppression.py`), and rewriting a file (`files.py`).
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Mapping
from datetime import UTC, datetime, time
from typing import Any

import duckdb

from orchestration.ingestion import readers
from orchestration.ingestion.landing import LandingFile, look_at
from orchestration.ingestion.sources import SourceTable
from orchestration.ingestion.staged import DROP_STAGED, RefusedFileError
from orchestration.privacy.erasure.files import redact_file
from orchestration.privacy.erasure.rows import (
    Redactor,
    Verdict,
    judge,
    policy_of,
)
from orchestration.privacy.erasure.suppression import (
    list_path,
    ready_key,
    suppressed,
    surrogate,
)
from orchestration.privacy.erasure.words import PHONE, SIGN, Words
from orchestration.warehouse import DataDir

_FREE_TEXT = "free_text"


def without_erased(
    connection: duckdb.DuckDBPyConnection,
    source: SourceTable,
    data: DataDir,
    file: LandingFile,
) -> LandingFile:
    """Take erased people out of a file that is about to be loaded.

    Args:
        connection: to the warehouse.
        source: the table that the file is of.
        data: the data directory.
        file: a file that was never loaded as it is.

    Returns:
        The file as it is then; the same one where nobody was erased.

    Raises:
        SuppressionKeyError: people are suppressed and the key is gone.
        OSError: the file cannot be read or written.
    """
    if not list_path(data).exists() or not source.personal_columns:
        return file
    key = ready_key(data)
    try:
        said = words_in(connection, source, file)
    except RefusedFileError:
        return file
    known = suppressed(connection, data, key, source.system, said)
    if not known:
        return file
    policy = policy_of(source)
    words = _as_words(known, source.system)
    surrogates = {
        word: surrogate(key, source.system, word)
        for word, is_record, _ in known
        if is_record
    }

    moments = sorted({erased_at for _, _, erased_at in known})
    by_age: dict[int, Words] = {}

    def judged(row: Mapping[str, str | None]) -> Verdict | None:
        moment = _moment_of(row, source, file)
        age = bisect_right(moments, moment)
        if age not in by_age:
            by_age[age] = _as_words(known, source.system, since=moment)
        return judge(row, policy, by_age[age])

    changed = redact_file(
        connection,
        source,
        file,
        Redactor(policy, words, surrogates),
        judged=judged,
    )
    return look_at(file.location, file.path) if changed else file


def words_in(
    connection: duckdb.DuckDBPyConnection, source: SourceTable, file: LandingFile
) -> list[str]:
    """Return what the personal columns of a file say, each word once.

    Raises:
        RefusedFileError: the file cannot be loaded, and so nothing of it was.
    """
    staged = readers.stage(connection, source, file)
    columns = [
        sql
        for name, sql in staged.columns.items()
        if source.personal_columns.get(name, _FREE_TEXT) != _FREE_TEXT
    ]
    if not columns:
        return []
    values = ", ".join(f"lower({sql})" for sql in columns)
    found = connection.execute(
        f"""
        with

        said as (

            select unnest([{values}]) as value
            from staged
            where problem is null

        ),

        distinct_values as (select distinct trim(value) as value from said)

        select value from distinct_values where value <> ''
        union
        select unnest(regexp_extract_all(value, $sign)) from distinct_values
        union
        select unnest(regexp_extract_all(value, $phone)) from distinct_values
        """,
        {"sign": SIGN, "phone": PHONE},
    ).fetchall()
    connection.execute(DROP_STAGED)
    return [word for (word,) in found]


def _as_words(
    known: list[tuple[str, bool, datetime]],
    system: str,
    since: datetime | None = None,
) -> Words:
    """Return what is suppressed, of identifiers those erased after a row's moment."""
    kinds: dict[bool, set[str]] = defaultdict(set)
    for word, is_record, erased_at in known:
        if is_record or since is None or since < erased_at:
            kinds[is_record].add(word)
    return Words(
        dict.fromkeys(kinds[False], "suppressed"), {system: frozenset(kinds[True])}
    )


def _moment_of(
    row: Mapping[str, Any], source: SourceTable, file: LandingFile
) -> datetime:
    """Return when a row is of: the earliest time it states, or the day of its drop.

    What was changed later is still of the time when it came to be.
    """
    moments = []
    for column in source.times:
        try:
            moment = datetime.fromisoformat(str(row.get(column)))
        except ValueError:
            continue
        if moment.tzinfo:
            moment = moment.astimezone(UTC).replace(tzinfo=None)
        moments.append(moment)
    return min(moments, default=datetime.combine(file.dropped_on, time.min))
