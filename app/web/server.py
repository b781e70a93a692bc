"""The server of the pages: Streamlit as an ASGI app, with headers that it does not set.

Belongs here: what is said with every response, and starting the server. Does not belong
here: the pages (main.py).
"""

from __future__ import annotations

import base64
import hashlib
import re
import tomllib
from collections.abc import Iterator, Mapping
from importlib.resources import files
from pathlib import Path
from typing import Any

import streamlit as st
from starlette.middleware import Middleware
from starlette.routing import Mount
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.web.sign_in import oidc
from app.web.sign_in.routes import AskToSignIn, routes

_SCRIPT = Path(__file__).with_name("main.py")
_VENDOR = Path(__file__).parent / "customer" / "vendor"
_SETTINGS = Path(__file__).with_name("streamlit.toml")


def content_security_policy() -> str:
    """Return which content a browser may load and run for these pages: our own.

    Streamlit's styles are written into the page, and its charts compile expressions, so
    'unsafe-inline' styles and 'unsafe-eval' stay; scripts written into the page do not,
    but for those of Streamlit's own index, by their hash.
    """
    index = files("streamlit").joinpath("static/index.html").read_text(encoding="utf-8")
    hashes = " ".join(
        f"'sha256-{base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()}'"
        for script in re.findall(r"<script>(.*?)</script>", index, re.DOTALL)
    )
    return "; ".join(
        (
            "default-src 'self'",
            f"script-src 'self' blob: 'unsafe-eval' {hashes}",
            "style-src 'self' 'unsafe-inline'",
            "img-src 'self' data: blob:",
            "font-src 'self' data:",
            "connect-src 'self'",
            "worker-src 'self' blob:",
            "object-src 'none'",
            "base-uri 'self'",
            "form-action 'self'",
            "frame-ancestors 'none'",
        )
    )


class SecurityHeaders:
    """Says with every response what browsers may do with it."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self._headers = [
            (name.encode(), value.encode())
            for name, value in {
                "content-security-policy": content_security_policy(),
                "x-frame-options": "DENY",
                "x-content-type-options": "nosniff",
                "referrer-policy": "same-origin",
                "permissions-policy": "camera=(), microphone=(), geolocation=()",
                "cross-origin-opener-policy": "same-origin",
                "cross-origin-resource-policy": "same-origin",
            }.items()
        ]
        self._names = {name for name, _ in self._headers}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on a request, and add the headers to what is answered."""

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                kept = [
                    (name, value)
                    for name, value in message["headers"]
                    if name.lower() not in self._names
                ]
                message = {**message, "headers": kept + self._headers}
            await send(message)

        await self.app(scope, receive, send_with_headers)


def build_app() -> st.App:
    """Return the pages as an ASGI app."""
    middleware = [Middleware(SecurityHeaders)]
    if not oidc.is_configured():
        middleware.append(Middleware(AskToSignIn))
    return st.App(
        _SCRIPT,
        secrets=oidc.provider_settings(),
        middleware=middleware,
        routes=[
            *routes(),
            Mount("/vendor", StaticFiles(directory=_VENDOR), name="vendor"),
        ],
    )


def serve(host: str, port: int) -> None:
    """Serve the pages until stopped.

    Args:
        host: Address to listen on.
        port: Port to listen on.
    """
    settings = tomllib.loads(_SETTINGS.read_text(encoding="utf-8"))
    build_app().run(
        config=dict(_dotted(settings)) | {"server.address": host, "server.port": port}
    )


def _dotted(
    settings: Mapping[str, Any], section: str = ""
) -> Iterator[tuple[str, Any]]:
    """Yield settings as Streamlit names them: theme.light.textColor."""
    for name, value in settings.items():
        if isinstance(value, Mapping):
            yield from _dotted(value, f"{section}{name}.")
        else:
            yield f"{section}{name}", value
