"""Finding people by right: who may search by what, and what a list shows of whom.

Somebody without the right to personal data searches by customer id and order number
only, whole ones: whoever can ask for an address and see that it is somebody's has
learnt it, masked or not.
"""

from __future__ import annotations

import threading
from collections.abc import Container
from typing import Any
from weakref import WeakKeyDictionary

from app.access import Person, Right, log, reading
from app.customers import summaries
from app.journal import Journal
from app.release import Release
from app.restricted import restrictions_for
from app.search import Hit, SearchIndex, open_index

_OPEN_KINDS = frozenset({"customer_id", "order"})

LARGEST_LIST = 100

# An index is open for as long as its release is.
_opened: WeakKeyDictionary[Release, SearchIndex] = WeakKeyDictionary()
_opening = threading.Lock()


def index_of(release: Release) -> SearchIndex:
    """Return the search index of a release, which is built if it has none yet.

    Raises:
        SearchUnavailableError: it must be built and cannot be.
    """
    with _opening:
        if release not in _opened:
            with release.read(masked=False) as connection:
                _opened[release] = open_index(connection, release.path)
        return _opened[release]


def find(
    release: Release, journal: Journal, person: Person, text: str, limit: int = 20
) -> list[dict[str, Any]]:
    """Return whom a text finds, the best first, and log who was shown.

    Args:
        release: where to look.
        journal: where it is logged: how many were found and whom, not what was asked.
        person: who asks.
        text: what for; see `SearchIndex.search`.
        limit: how many at most, up to `LARGEST_LIST`.

    Returns:
        For each a summary (see `summaries`) with `score`, `matched_kind`,
        `matched_text`, which is None for who may not see personal data, and
        `is_restricted`; of restricted customers nothing else, unless they may see it.

    Raises:
        ForbiddenError: they may read nothing.
        SearchUnavailableError: there is no index.
        AccessLogError: it cannot be logged.
    """
    person.require(Right.READ)
    limit = max(1, min(limit, LARGEST_LIST))
    sees_all = person.may(Right.SEE_PERSONAL_DATA)
    if sees_all:
        hits = index_of(release).search(text, limit)
    else:
        hits = _open(index_of(release).find_exactly(text, LARGEST_LIST))[:limit]
    restrictions = restrictions_for(person, release, journal.data)
    # To find them by an address would say whose it is.
    hits = _open(hits, of=restrictions.hidden)
    by_id = {hit.customer_id: hit for hit in reversed(hits)}
    with reading(release, person) as connection:
        rows = summaries(connection, list(dict.fromkeys(h.customer_id for h in hits)))
    log(
        journal,
        person,
        "search",
        details={"found": [row["customer_id"] for row in rows]},
    )
    return [
        row
        | {
            "is_restricted": row["customer_id"] in restrictions.customer_ids,
            "score": by_id[row["customer_id"]].score,
            "matched_kind": by_id[row["customer_id"]].kind,
            "matched_text": by_id[row["customer_id"]].text if sees_all else None,
        }
        for row in restrictions.conceal(rows)
    ]


def _open(hits: list[Hit], of: Container[str] | None = None) -> list[Hit]:
    """Leave out who was found by what is not everybody's to know, all or of some."""
    return [
        hit
        for hit in hits
        if hit.kind in _OPEN_KINDS or not (of is None or hit.customer_id in of)
    ]
