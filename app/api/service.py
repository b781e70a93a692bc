"""The HTTP API: its routes, and what holds for all of them.

Belongs here: routes, and how an answer is sent. Does not belong here: reading
(customers.py, timeline.py, segments.py, finding.py), rights (access.py) and tokens
(tokens.py).

All of it only reads. Searching is a POST, so that what is asked is in no URL, which
proxies and browsers write down.
"""

from __future__ import annotations

from datetime import UTC, datetime
from http import HTTPStatus
from typing import Annotated

from fastapi import FastAPI, Path, Query, Request, Response
from pydantic import BaseModel, Field

from app import customers, identity, segments
from app.access import reading
from app.api.callers import By
from app.api.examples import EXAMPLES, SEARCH_EXAMPLE
from app.api.problems import add_handlers, answers
from app.finding import LARGEST_LIST, find
from app.journal import Journal
from app.limits import RateLimit
from app.release import Releases
from app.timeline import LARGEST_PAGE, PAGE, timeline
from app.tokens import TokenStore
from orchestration.warehouse import DataDir

_DESCRIPTION = """
One profile per real person, from the published release. Every answer is of one whole
release, which the header `C360-Release` names; a new release is seen with the next
request. Times are UTC; money is text, so that no cent is lost.

Give a token as `Authorization: Bearer c360_…`. The role of a token decides whether
personal data is shown or masked, and every view of a person is in the access log.
Customers whose data is restricted (GDPR, article 18) are refused with 403, and in lists
have nothing but their id and `is_restricted`, unless the role is a privacy officer's.
What a column means, the description of its mart says.
"""

_COMMON = answers(
    HTTPStatus.UNAUTHORIZED,
    HTTPStatus.FORBIDDEN,
    HTTPStatus.UNPROCESSABLE_ENTITY,
    HTTPStatus.TOO_MANY_REQUESTS,
    HTTPStatus.SERVICE_UNAVAILABLE,
)
_NO_RELEASE = answers(HTTPStatus.SERVICE_UNAVAILABLE)
_OF_ONE = _COMMON | answers(HTTPStatus.NOT_FOUND)
_RECORD = _OF_ONE | EXAMPLES

CustomerId = Annotated[
    str,
    Path(
        description="An id that the customer has or ever had.",
        max_length=64,
        examples=["C0000000042"],
    ),
]
SegmentId = Annotated[str, Path(max_length=128, examples=["bargain_hunters"])]
After = Annotated[
    str | None,
    Query(description="`next_page` of the page before.", max_length=500),
]
Limit = Annotated[int, Query(ge=1, le=LARGEST_PAGE, description="Rows on a page.")]


class Asked(BaseModel):
    """What to search for."""

    q: str = Field(
        description="Any part of a name, e-mail address, phone or order number or id.",
        min_length=1,
        max_length=200,
        examples=["grahm ptel"],
    )
    limit: int = Field(20, ge=1, le=LARGEST_LIST, description="How many at most.")


def create_api(data: DataDir, *, per_second: float = 100, burst: int = 200) -> FastAPI:
    """Return the API of a data directory.

    Args:
        data: where the release, the tokens and the access log are.
        per_second: requests that each token may make in the long run.
        burst: how many of them at once.
    """
    api = FastAPI(
        title="Customer 360",
        version="1",
        description=_DESCRIPTION,
        # Their pages fetch scripts from outside; /openapi.json is all they show.
        docs_url=None,
        redoc_url=None,
    )
    api.state.releases = Releases(data)
    api.state.journal = Journal(data)
    api.state.tokens = TokenStore(data)
    api.state.limit = RateLimit(per_second, burst)
    add_handlers(api)
    _add_service(api)
    _add_customers(api)
    _add_segments(api)
    return api


def _add_service(api: FastAPI) -> None:
    @api.get(
        "/health", tags=["service"], responses=answers(HTTPStatus.SERVICE_UNAVAILABLE)
    )
    def health(request: Request) -> dict[str, str]:
        """Tell whether there is a release to answer from; needs no token."""
        request.app.state.releases.current()
        return {"status": "ok"}

    @api.get("/release", tags=["service"], responses=_COMMON)
    def release(by: By) -> Response:
        """Return which release answers, when it was published, and what it holds."""
        tables = by.release.manifest.get("tables", {})
        return by.answer(
            {
                "run_id": by.release.run_id,
                "published_at": by.release.published_at,
                "row_counts": {name: table["rows"] for name, table in tables.items()},
            }
        )

    @api.post("/search", tags=["customers"], responses=_COMMON | SEARCH_EXAMPLE)
    def search(asked: Asked, by: By) -> Response:
        """Find customers by any fragment of what they are known by, with typos.

        Tokens that see no personal data search by whole customer ids and order numbers.
        """
        found = find(by.release, by.journal, by.person, asked.q, asked.limit)
        return by.answer({"customers": found})


def _add_customers(api: FastAPI) -> None:
    @api.get(
        "/customers/{customer_id}", tags=["customers"], responses=_OF_ONE | EXAMPLES
    )
    def customer(customer_id: CustomerId, by: By) -> Response:
        """Return the golden record, with the ids the customer once had."""
        with reading(by.release, by.person) as connection:
            current = by.restrictions.current_id(connection, customer_id)
            by.seen("profile.view", current, part="golden_record")
            record = customers.golden_record(connection, current)
            record["former_ids"] = identity.former_ids(connection, current)
        record["is_restricted"] = current in by.restrictions.customer_ids
        return by.answer(record)

    @api.get("/customers/{customer_id}/timeline", tags=["customers"], responses=_OF_ONE)
    def customer_timeline(
        customer_id: CustomerId,
        by: By,
        after: After = None,
        limit: Limit = PAGE,
        channel: Annotated[list[str] | None, Query(description="Only these.")] = None,
        type: Annotated[list[str] | None, Query(description="Only these.")] = None,
        since: Annotated[datetime | None, Query(description="From then on.")] = None,
        until: Annotated[datetime | None, Query(description="Before then.")] = None,
    ) -> Response:
        """Return what the customer did and was sent, the newest first, in pages."""
        with reading(by.release, by.person) as connection:
            current = by.restrictions.current_id(connection, customer_id)
            by.seen("profile.view", current, part="timeline")
            page = timeline(
                connection,
                current,
                after=after,
                limit=limit,
                channels=channel or (),
                types=type or (),
                since=_utc(since),
                until=_utc(until),
            )
        return by.answer({"rows": page.rows, "next_page": page.next_page})

    for name, part in customers.PARTS.items():
        _add_part(api, name, part)


def _add_part(api: FastAPI, name: str, part: customers.Part) -> None:
    def read(customer_id: CustomerId, by: By) -> Response:
        with reading(by.release, by.person) as connection:
            current = by.restrictions.current_id(connection, customer_id)
            by.seen("profile.view", current, part=name)
            content = part(connection, current)
        return by.answer({name: by.restrictions.conceal(content)})

    api.get(
        f"/customers/{{customer_id}}/{name.replace('_', '-')}",
        tags=["customers"],
        name=name,
        operation_id=f"customer_{name}",
        description=part.__doc__,
        responses=_OF_ONE,
    )(read)


def _add_segments(api: FastAPI) -> None:
    @api.get("/segments", tags=["segments"], responses=_COMMON)
    def all_segments(by: By) -> Response:
        """Return all segments with their figures."""
        with reading(by.release, by.person) as connection:
            return by.answer({"segments": segments.all_segments(connection)})

    @api.get("/segments/{segment_id}", tags=["segments"], responses=_OF_ONE)
    def segment(segment_id: SegmentId, by: By) -> Response:
        """Return one segment with its figures."""
        with reading(by.release, by.person) as connection:
            return by.answer(segments.segment(connection, segment_id))

    @api.get("/segments/{segment_id}/members", tags=["segments"], responses=_OF_ONE)
    def members(
        segment_id: SegmentId, by: By, after: After = None, limit: Limit = PAGE
    ) -> Response:
        """Return who is in a segment, in pages, by customer id."""
        with reading(by.release, by.person) as connection:
            found = segments.segment(connection, segment_id)
            page = segments.members(
                connection, found["segment_id"], after=after, limit=limit
            )
        by.seen("segment.view", segment_id, rows=len(page.rows), after=after)
        rows = by.restrictions.conceal(page.rows)
        return by.answer({"rows": rows, "next_page": page.next_page})


def _utc(moment: datetime | None) -> datetime | None:
    """Return a time as the marts have it, in UTC without saying so."""
    if moment is None or moment.tzinfo is None:
        return moment
    return moment.astimezone(UTC).replace(tzinfo=None)
