"""Errors as RFC 9457 has them: JSON that says what, why, and nothing of the inside."""

from __future__ import annotations

import logging
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException

from app.access import ForbiddenError
from app.identity import UnknownCustomerError
from app.release import NotPublishedError
from app.search import SearchUnavailableError
from app.segments import UnknownSegmentError
from app.timeline import BadPageError
from orchestration.privacy.access_log import AccessLogError

_STATUS: dict[type[Exception], HTTPStatus] = {
    UnknownCustomerError: HTTPStatus.NOT_FOUND,
    UnknownSegmentError: HTTPStatus.NOT_FOUND,
    BadPageError: HTTPStatus.BAD_REQUEST,
    ForbiddenError: HTTPStatus.FORBIDDEN,
    NotPublishedError: HTTPStatus.SERVICE_UNAVAILABLE,
    SearchUnavailableError: HTTPStatus.SERVICE_UNAVAILABLE,
    AccessLogError: HTTPStatus.SERVICE_UNAVAILABLE,
}


class Problem(BaseModel):
    """What went wrong."""

    title: str = Field(examples=["Not Found"])
    status: int = Field(examples=[404])
    detail: str = Field(examples=["The release has no customer 'C9'."])


_SCHEMA = Problem.model_json_schema()


def answers(*statuses: HTTPStatus) -> dict[int | str, dict[str, Any]]:
    """Return how OpenAPI is told that these can happen."""
    return {
        int(status): {
            "description": status.phrase,
            "content": {
                "application/problem+json": {"schema": Problem.model_json_schema()}
            },
        }
        for status in statuses
    }


def problem(
    status: int, detail: str, headers: dict[str, str] | None = None
) -> JSONResponse:
    """Return an error as an answer."""
    told = Problem(title=HTTPStatus(status).phrase, status=status, detail=detail)
    return JSONResponse(
        told.model_dump(),
        status,
        headers=headers,
        media_type="application/problem+json",
    )


def add_handlers(api: FastAPI) -> None:
    """Have an API answer every error this way."""

    def known(_: Request, error: Exception) -> JSONResponse:
        status = next(s for kind, s in _STATUS.items() if isinstance(error, kind))
        return problem(status, str(error))

    def http(_: Request, error: Exception) -> JSONResponse:
        assert isinstance(error, HTTPException)
        return problem(error.status_code, error.detail, dict(error.headers or {}))

    def invalid(_: Request, error: Exception) -> JSONResponse:
        assert isinstance(error, RequestValidationError)
        said = "; ".join(
            f"{'.'.join(map(str, each['loc']))}: {each['msg']}"
            for each in error.errors()
        )
        return problem(HTTPStatus.UNPROCESSABLE_ENTITY, said)

    def unknown(_: Request, error: Exception) -> JSONResponse:
        logging.getLogger("c360.api").error("A request failed.", exc_info=error)
        return problem(
            HTTPStatus.INTERNAL_SERVER_ERROR,
            "It failed; the log of the server says why.",
        )

    for kind in _STATUS:
        api.add_exception_handler(kind, known)
    api.add_exception_handler(HTTPException, http)
    api.add_exception_handler(RequestValidationError, invalid)
    api.add_exception_handler(Exception, unknown)
