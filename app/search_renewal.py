"""The search index of a release, made of that of the release before.

Belongs here: which customers are found by other texts than before, and changing no
others. Does not belong here: the texts, and what an index is made of (search_index.py).

Files of an index are never written again once they are made, so what stays is linked.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import duckdb
import tantivy

from app.search_index import (
    MADE_BY,
    TEXTS,
    add_customers,
    build_index,
    in_one_step,
    maker,
    register_pieces,
)
from orchestration.ingestion.sql import identifier, literal, one_row
from orchestration.releases.directory import SEARCH, WHOLE


def renew_index(
    connection: duckdb.DuckDBPyConnection, release: Path, last: Path
) -> Path:
    """Make the index of a release of that of the one before, or anew if it is unfit.

    Args:
        connection: to the whole release.
        release: its directory; an index that is there stays.
        last: the directory of the release before.

    Returns:
        The directory of the index.
    """
    final = release / SEARCH
    if final.exists() or not _is_made_alike(last / SEARCH):
        return build_index(connection, release)
    connection.execute(f"attach {literal(str(last / WHOLE))} as before (read_only)")
    _find_changes(connection)
    with in_one_step(final) as draft:
        shutil.copytree(
            last / SEARCH,
            draft,
            copy_function=os.link,
            ignore=shutil.ignore_patterns("*.lock"),
        )
        index = tantivy.Index.open(str(draft))
        register_pieces(index)
        changed = connection.execute("from changed").fetchall()
        add_customers(
            index,
            connection,
            "from changed semi join marts.customers using (customer_id)",
            gone=(customer_id for (customer_id,) in changed),
        )
    return final


def _is_made_alike(index: Path) -> bool:
    """Tell whether an index is there, and today's code and names would make it so."""
    made_by = index / MADE_BY
    return made_by.exists() and made_by.read_text(encoding="utf-8") == maker()


def _find_changes(connection: duckdb.DuckDBPyConnection) -> None:
    """Make `changed`: customers of either release who have other texts in the other."""
    (current,) = one_row(connection.execute("select current_database()"))
    now, then = (
        TEXTS.format(database=identifier(database)) for database in (current, "before")
    )
    connection.execute(
        f"""
        create temp table changed as
        with texts_now as ({now}), texts_then as ({then})
        select distinct customer_id
        from (
            (from texts_now except from texts_then)
            union all
            (from texts_then except from texts_now)
        )
        where customer_id is not null
        """
    )
