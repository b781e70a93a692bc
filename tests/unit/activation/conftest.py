"""A release with an audience for each channel, and a server that takes batches."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import duckdb
import pytest
import stamina

from orchestration.activation import delivery
from orchestration.warehouse import DataDir

# c1 and c2 share an address; c9 is held back.
PEOPLE = """
create schema marts;
create table marts.customers as
select
    'c' || number as customer_id,
    'Ann' as given_name,
    'O''Hara' as family_name,
    case when number in (1, 2) then 'family@gmail.com'
        else 'a.' || number || '@gmail.com' end as email,
    '+1650555120' || number as phone,
    '1 Main Street' as street,
    'New York' as city,
    'New York' as region,
    '10001' as postal_code,
    'US' as country_code,
    'en' as language,
    date '1990-02-03' as birth_date,
    'female' as gender
from range(1, 10) as people (number);
create table marts.customer_id_aliases as
select customer_id, customer_id as current_customer_id from marts.customers
union all
select 'c0', 'c3';
create table marts.customer_identifiers as
select customer_id, email as identifier_value from marts.customers;
create table marts.customer_records as
select customer_id, 'shop:customer:' || customer_id as record_key from marts.customers;
create table marts.consents as
select customer_id, 'marketing' as purpose, channel, true as is_granted,
    timestamp '2026-01-01' as stated_at, null::timestamp as expires_at
from marts.customers, (values ('email'), ('ads'), ('post')) as channels (channel);
create table marts.audiences as
select channel || '_audience' as audience_id, 'An audience' as name,
    'marketing' as purpose, channel,
    12 as customer_count, 9 as member_count, 1 as control_count
from (values ('email'), ('ads'), ('post')) as channels (channel);
create table marts.audience_members as
select audience_id, customer_id, customer_id = 'c9' as is_control
from marts.audiences, marts.customers;
"""


@dataclass
class Release:
    """The published release of a data directory."""

    data: DataDir

    def change(self, sql: str) -> None:
        with duckdb.connect(str(self._file)) as connection:
            connection.execute(sql)

    def make(self) -> None:
        self._file.parent.mkdir(parents=True)
        self.change(PEOPLE)
        manifest = {"run_id": "run-1", "raw_batches": ["read"]}
        (self._file.parent / "manifest.json").write_text(json.dumps(manifest))

    @property
    def _file(self):
        return self.data.published / "current" / "customer360.duckdb"


@pytest.fixture
def release(data: DataDir) -> Release:
    made = Release(data)
    made.make()
    return made


@dataclass
class Received:
    """A request that a server took or refused."""

    method: str
    path: str
    headers: dict[str, str]
    body: Any
    status: int


@dataclass
class Platform:
    """A server, what it is asked, and how it will answer."""

    url: str = ""
    requests: list[Received] = field(default_factory=list)
    answers: list[Any] = field(default_factory=list)
    """Statuses, (status, headers) or "slow" of the next answers; then 200."""

    answer: Any = field(default_factory=lambda: {"error": {"message": "it is closed"}})
    """What every answer says."""

    @property
    def taken(self) -> list[Received]:
        return [request for request in self.requests if request.status == 200]


@contextmanager
def platform_server() -> Iterator[Platform]:
    """Run a server on this machine until the block ends."""
    platform = Platform()

    class Handler(BaseHTTPRequestHandler):
        def answer(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            answer = platform.answers.pop(0) if platform.answers else 200
            if answer == "slow":
                answer = 504
                time.sleep(0.5)
            status, headers = answer if isinstance(answer, tuple) else (answer, {})
            platform.requests.append(
                Received(self.command, self.path, dict(self.headers), body, status)
            )
            try:
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(json.dumps(platform.answer).encode())
            except ConnectionError:
                return

        do_POST = do_DELETE = answer  # noqa: N815

        def log_message(self, *_: object) -> None:
            return

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        platform.url = f"http://127.0.0.1:{server.server_port}"
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        try:
            yield platform
        finally:
            server.shutdown()


@pytest.fixture
def platform(monkeypatch: pytest.MonkeyPatch) -> Iterator[Platform]:
    """A server that is Google, Meta and a webhook; nobody waits before a retry."""
    with (
        stamina.set_testing(True, attempts=delivery.ATTEMPTS),
        platform_server() as platform,
    ):
        for name, value in {
            "C360_GOOGLE_URL": platform.url,
            "C360_GOOGLE_TOKEN": "google-secret",
            "C360_GOOGLE_ACCOUNT": "123-456-7890",
            "C360_GOOGLE_CUSTOMER_MATCH_TERMS": "accepted",
            "C360_GOOGLE_LIST_ADS_AUDIENCE": "list-1",
            "C360_META_URL": f"{platform.url}/v25.0",
            "C360_META_TOKEN": "meta-secret",
            "C360_META_LIST_ADS_AUDIENCE": "list-2",
            "C360_WEBHOOK_URL": f"{platform.url}/hook",
            "C360_WEBHOOK_TOKEN": "hook-secret",
        }.items():
            monkeypatch.setenv(name, value)
        yield platform


def ids(platform, operation="add") -> list[str]:
    """Return who is at the webhook by all that it took."""
    return [
        member["customer_id"]
        for request in platform.taken
        if request.body["operation"] == operation
        for member in request.body["members"]
    ]
