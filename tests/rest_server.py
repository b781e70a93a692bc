"""A real HTTP server with collections page by page, which misbehaves on request."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

Fault = Callable[["Reply"], None]


@dataclass
class Reply:
    """What will be sent, unless a fault changes it."""

    status: int
    body: bytes
    headers: dict[str, str] = field(default_factory=dict)
    delay: float = 0
    cut_to: int | None = None
    """How many bytes are sent before the connection is closed."""


@dataclass
class Api:
    """The collections of a server, how they are paged, and what goes wrong."""

    url: str = ""
    collections: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    paging: str = "cursor"
    size: int = 2
    authorization: str | None = None
    total: int | None = None
    """What the server says, if it does not count."""
    faults: dict[int, list[Fault]] = field(default_factory=dict)
    """What goes wrong with the first answers for a page, by its number."""
    requests: list[dict[str, str]] = field(default_factory=list)
    since: str = "since"
    rows_name: str = "rows"
    rows_names: dict[str, str] = field(default_factory=dict)
    """What rows are called in an answer, by path, where it is not `rows_name`."""

    def reply(self, path: str, query: dict[str, str], headers: Any) -> Reply:
        """Answer a request."""
        self.requests.append(query)
        if self.authorization and headers["Authorization"] != self.authorization:
            return Reply(401, b'{"error": "who are you?"}')
        if path not in self.collections:
            return Reply(404, b"{}")
        rows = self.collections[path]
        if since := query.get(self.since):
            rows = [row for row in rows if str(row.get("updated_at") or "") >= since]
        start = self._start(query)
        reply = self._page(path, query, rows, start)
        faults = self.faults.get(start // self.size + 1, [])
        if faults:
            faults.pop(0)(reply)
        return reply

    def _start(self, query: dict[str, str]) -> int:
        if self.paging == "page":
            return (int(query["page"]) - 1) * self.size
        if self.paging == "offset":
            return int(query["offset"])
        places = ("after", "cursor", "page[after]")
        return int(next((query[name] for name in places if name in query), 0))

    def _page(
        self, path: str, query: dict[str, str], rows: list[dict[str, Any]], start: int
    ) -> Reply:
        after = start + self.size
        has_more = after < len(rows)
        body: dict[str, Any] = {
            self.rows_names.get(path, self.rows_name): rows[start:after],
            "count": len(rows) if self.total is None else self.total,
            "meta": {
                "has_more": has_more,
                "after": str(after) if has_more else None,
                "after_cursor": str(after),
            },
            # As the exports of Zendesk page, which say so at the top.
            "after_cursor": str(after),
            "end_of_stream": not has_more,
        }
        headers = {}
        if self.paging == "link" and has_more:
            link = urlencode({**query, "after": after})
            headers["Link"] = f'<{path}?{link}>; rel="next"'
        return Reply(200, json.dumps(body).encode(), headers)


def status(code: int, **headers: str) -> Fault:
    """Answer with a status instead."""

    def fault(reply: Reply) -> None:
        reply.status, reply.body = code, b"{}"
        reply.headers = {k.replace("_", "-"): v for k, v in headers.items()}

    return fault


def body(content: bytes | dict) -> Fault:
    """Answer with another body."""

    def fault(reply: Reply) -> None:
        reply.body = (
            content if isinstance(content, bytes) else json.dumps(content).encode()
        )

    return fault


def truncated(reply: Reply) -> None:
    """Send half of the body as if it were the whole."""
    reply.body = reply.body[: len(reply.body) // 2]


def cut_off(reply: Reply) -> None:
    """Close the connection within the body."""
    reply.cut_to = len(reply.body) // 2


def slow(reply: Reply) -> None:
    """Answer after everybody has gone."""
    reply.delay = 0.6


@contextmanager
def rest_server() -> Iterator[Api]:
    """Run a server on this machine until the block ends."""
    api = Api()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            query = {name: values[0] for name, values in parse_qs(parts.query).items()}
            reply = api.reply(parts.path, query, self.headers)
            time.sleep(reply.delay)
            self.send_response(reply.status)
            for name, value in reply.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(reply.body)))
            self.end_headers()
            try:
                self.wfile.write(reply.body[: reply.cut_to])
            except ConnectionError:
                return
            self.close_connection = reply.cut_to is not None

        def log_message(self, *_: object) -> None:
            return

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        api.url = f"http://127.0.0.1:{server.server_port}"
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        try:
            yield api
        finally:
            server.shutdown()
