"""Who sends a request, by token; and an answer that says of which release it is."""

from __future__ import annotations

from functools import cached_property
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import Depends, HTTPException, Request, Response
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from pydantic_core import to_json

from app.access import Person, Right, log
from app.journal import Journal
from app.release import Release
from app.restricted import Restrictions, restrictions_for

_bearer = HTTPBearer(auto_error=False, description="From `c360 api token create`.")


class Caller:
    """One request: who asks, and the release that answers."""

    def __init__(self, request: Request, person: Person) -> None:
        self.request = request
        self.person = person
        self.journal: Journal = request.app.state.journal
        self.release: Release = request.app.state.releases.current()
        self._is_get = request.method == "GET"
        self._sees_all = person.may(Right.SEE_PERSONAL_DATA)

    @cached_property
    def restrictions(self) -> Restrictions:
        """Whose data they may not see because it is restricted."""
        return restrictions_for(self.person, self.release, self.journal.data)

    def seen(self, action: str, subject: str, **details: Any) -> None:
        """Log what is about to be sent."""
        log(self.journal, self.person, action, subject=subject, details=details)

    def answer(self, content: Any) -> Response:
        """Return an answer that says of which release it is.

        The tag differs by what is masked, as the content does.
        """
        tag = f'W/"{self.release.run_id}-{"all" if self._sees_all else "masked"}"'
        headers = {
            "ETag": tag,
            "C360-Release": self.release.run_id,
            "Cache-Control": "private, no-cache",
            "Vary": "Authorization",
            "X-Content-Type-Options": "nosniff",
        }
        if self._is_get and self.request.headers.get("if-none-match") == tag:
            return Response(status_code=HTTPStatus.NOT_MODIFIED, headers=headers)
        return Response(
            to_json(content, inf_nan_mode="null"),
            headers=headers,
            media_type="application/json",
        )


async def _caller(
    request: Request,
    credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)],
) -> Caller:
    """Find out who asks.

    Raises:
        HTTPException: nobody we know does, or too often.
    """
    token = credentials.credentials if credentials else ""
    person = request.app.state.tokens.holder(token)
    if person is None:
        raise HTTPException(
            HTTPStatus.UNAUTHORIZED,
            "No token that is valid. Get one with: c360 api token create",
            {"WWW-Authenticate": 'Bearer realm="c360"'},
        )
    wait = request.app.state.limit.wait_for(person.name)
    if wait:
        raise HTTPException(
            HTTPStatus.TOO_MANY_REQUESTS,
            f"Too many requests with this token; wait {wait:.2f} seconds.",
            {"Retry-After": str(int(wait) + 1)},
        )
    return Caller(request, person)


By = Annotated[Caller, Depends(_caller)]
