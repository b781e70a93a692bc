"""The page on which local users sign in, and the way out.

It is plain HTML and not Streamlit's, so that a password never passes a websocket and
the session is a cookie that no script can read.
"""

from __future__ import annotations

import time
from collections import defaultdict
from html import escape
from pathlib import Path
from string import Template
from urllib.parse import quote, urlsplit

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from app.web.sign_in.session import COOKIE, new_session, person_of, session_seconds
from app.web.sign_in.users import verified
from orchestration.warehouse import DataDir

SIGN_IN, SIGN_OUT = "/signin", "/signout"

_PAGE = Template(
    Path(__file__).with_name("sign_in.html").read_text(encoding="utf-8"),
)
# So many wrong passwords for a name, and it has to wait so long.
_TRIES, _WAIT_SECONDS = 5, 300
_failures: dict[str, list[float]] = defaultdict(list)


def routes() -> list[Route]:
    """Return the ways in and out."""
    return [
        Route(SIGN_IN, _show, methods=["GET"]),
        Route(SIGN_IN, _sign_in, methods=["POST"]),
        Route(SIGN_OUT, _sign_out, methods=["GET"]),
    ]


class AskToSignIn:
    """Sends who opens a page without a session to the page for signing in.

    The pages ask again, over the websocket that shows them: this is for comfort.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or answer it with the way in."""
        if scope["type"] == "http":
            request = Request(scope)
            opens_page = request.headers.get("sec-fetch-dest") == "document"
            is_way_in = request.url.path in (SIGN_IN, SIGN_OUT)
            if opens_page and not is_way_in and not _is_signed_in(request):
                asked = request.url.path + (
                    f"?{request.url.query}" if request.url.query else ""
                )
                answer = RedirectResponse(
                    f"{SIGN_IN}?next={quote(asked, safe='')}", status_code=303
                )
                await answer(scope, receive, send)
                return
        await self.app(scope, receive, send)


def _is_signed_in(request: Request) -> bool:
    return person_of(DataDir.from_env(), request.cookies.get(COOKIE)) is not None


def _show(request: Request) -> Response:
    return _page(request.query_params.get("next", "/"))


async def _sign_in(request: Request) -> Response:
    if not _is_ours(request):
        return _page("/", "That form was not ours. Sign in here.", 403)
    form = await request.form()
    name = str(form.get("name", "")).strip().lower()[:64]
    wanted = _local(str(form.get("next", "/")))
    now = time.monotonic()
    recent = [at for at in _failures[name] if now - at < _WAIT_SECONDS]
    if len(recent) >= _TRIES:
        return _page(wanted, "Too many tries. Wait five minutes.", 429)
    user = await run_in_threadpool(
        verified, DataDir.from_env(), name, str(form.get("password", ""))[:1024]
    )
    if user is None:
        _failures[name] = [*recent, now]
        return _page(wanted, "Name or password is wrong.", 401)
    _failures.pop(name, None)
    answer = RedirectResponse(wanted, status_code=303)
    answer.set_cookie(
        COOKIE,
        new_session(user),
        max_age=session_seconds(),
        httponly=True,
        samesite="lax",
        secure=request.url.scheme == "https",
    )
    return answer


def _sign_out(request: Request) -> Response:
    answer = RedirectResponse(SIGN_IN, status_code=303)
    answer.delete_cookie(COOKIE)
    return answer


def _page(wanted: str, problem: str = "", status: int = 200) -> Response:
    return HTMLResponse(
        _PAGE.substitute(next=escape(_local(wanted)), problem=escape(problem)),
        status_code=status,
        headers={"cache-control": "no-store"},
    )


def _is_ours(request: Request) -> bool:
    origin = request.headers.get("origin")
    return origin is None or urlsplit(origin).netloc == request.headers.get("host")


def _local(address: str) -> str:
    """Return an address if it leads to these pages, else their start."""
    is_ours = address.startswith("/") and not address.startswith(("//", "/\\"))
    return address if is_ours and address.isprintable() else "/"
