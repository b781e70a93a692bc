"""The HTTP API, asked over a socket as programs do."""

import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import httpx
import pytest
import uvicorn
from hypothesis import given, settings
from hypothesis import strategies as st

from app.access import Role
from app.api.service import create_api
from app.tokens import TokenStore
from orchestration.privacy.access_log import entries, log_path, verify
from orchestration.warehouse import PROJECT_ROOT, DataDir
from tests.app.releases import PEOPLE, publish

ROB = "C0000000001"
EMAIL = "rob.gruenwald@mail.example"
As = Callable[[Role], httpx.Client]


@contextmanager
def served(data: DataDir, **limits: float) -> Iterator[str]:
    """Serve a data directory on a port of this machine; yield the URL."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        port = listening.getsockname()[1]
        config = uvicorn.Config(create_api(data, **limits), log_level="warning")
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, args=([listening],))
        thread.start()
        while not server.started:
            time.sleep(0.01)
        yield f"http://127.0.0.1:{port}"
        server.should_exit = True
        thread.join()


@pytest.fixture(scope="module")
def url(people: DataDir) -> Iterator[str]:
    with served(people, per_second=1000, burst=10_000) as url:
        yield url


@pytest.fixture(scope="module")
def clients(people: DataDir, url: str) -> Iterator[dict[Role, httpx.Client]]:
    store = TokenStore(people)
    made = {role: client(url, store, role) for role in Role}
    yield made
    for each in made.values():
        each.close()


def client(url: str, store: TokenStore, role: Role) -> httpx.Client:
    _, secret = store.create(f"test {role}", role, days=1)
    return httpx.Client(
        base_url=url, headers={"Authorization": f"Bearer {secret}"}, timeout=30
    )


@pytest.fixture
def agent(clients: dict[Role, httpx.Client]) -> httpx.Client:
    return clients[Role.AGENT]


def is_problem(answer: httpx.Response, status: int) -> bool:
    return (
        answer.status_code == status == answer.json()["status"]
        and answer.headers["content-type"] == "application/problem+json"
        and bool(answer.json()["detail"])
    )


@pytest.mark.parametrize("role", Role)
def test_a_profile_is_whole_or_masked_by_role(clients, role):
    answer = clients[role].get(f"/customers/{ROB}")
    assert answer.status_code == 200
    assert (answer.json()["email"] == EMAIL) == (role != Role.VIEWER)
    assert answer.json()["revenue_reporting"] == "120.00"
    assert answer.headers["c360-release"] == "first"


def test_a_viewer_sees_no_personal_data_anywhere(clients, url):
    """Every resource there is, so that one added later is tested too."""
    paths = httpx.get(f"{url}/openapi.json").json()["paths"]
    asked = 0
    for path in paths:
        if "get" in paths[path]:
            filled = path.format(customer_id=ROB, segment_id="loyal")
            answer = clients[Role.VIEWER].get(filled)
            assert answer.status_code == 200, path
            for secret in (EMAIL, "Grünwald", "+447860961608", "private words"):
                assert secret not in answer.text, path
            asked += 1
    assert asked > 25


def test_who_has_no_token_that_is_valid_is_refused(url, people):
    for headers in (
        {},
        {"Authorization": "Bearer"},
        {"Authorization": "Bearer c360_wrong"},
        {"Authorization": "Basic YW5uOnB3"},
        {"Authorization": f"Bearer {'x' * 5000}"},
    ):
        answer = httpx.get(f"{url}/customers/{ROB}", headers=headers)
        assert is_problem(answer, 401)
        assert answer.headers["www-authenticate"].startswith("Bearer")
    assert httpx.get(f"{url}/health").json() == {"status": "ok"}


def test_a_token_taken_back_is_refused_with_the_next_request(people, url):
    store = TokenStore(people)
    token, secret = store.create("gone", Role.AGENT, days=1)
    headers = {"Authorization": f"Bearer {secret}"}
    assert httpx.get(f"{url}/segments", headers=headers).status_code == 200
    store.revoke(token.token_id)
    assert httpx.get(f"{url}/segments", headers=headers).status_code == 401


def test_an_old_id_leads_to_the_customer_and_an_unknown_one_to_404(agent):
    answer = agent.get("/customers/C0000000009").json()
    assert (answer["customer_id"], answer["former_ids"]) == (ROB, ["C0000000009"])
    for wrong in ("C9", "C0000000008", "' or 1=1 --", "%00", "..%2F..%2Fetc"):
        assert is_problem(agent.get(f"/customers/{wrong}"), 404)
        assert agent.get(f"/customers/{wrong}/orders").status_code == 404


def test_search_finds_with_typos_by_role(clients):
    def found(role: Role, text: str) -> list[str]:
        answer = clients[role].post("/search", json={"q": text})
        assert answer.status_code == 200
        return [each["customer_id"] for each in answer.json()["customers"]]

    assert found(Role.AGENT, "robrt grunwld") == [ROB]
    assert found(Role.AGENT, EMAIL) == [ROB]
    for text in ("robrt grunwld", EMAIL, "+447860961608", "L700000298"):
        assert found(Role.VIEWER, text) == []
    assert found(Role.VIEWER, ROB) == [ROB]
    assert found(Role.VIEWER, "#97801") == ["C0000000002"]
    for text in ("' or 1=1 --", "*", "names:a OR codes:b", "a\0b", "/.*/", "}{"):
        found(Role.AGENT, text)


@pytest.mark.parametrize(
    ("path", "status"),
    [
        (f"/customers/{ROB}/timeline?limit=0", 422),
        (f"/customers/{ROB}/timeline?limit=9999", 422),
        (f"/customers/{ROB}/timeline?since=yesterday", 422),
        (f"/customers/{ROB}/timeline?after=x", 400),
        ("/segments/nope", 404),
        ("/segments/nope/members", 404),
        ("/nothing", 404),
    ],
)
def test_a_wrong_request_is_told_what_is_wrong(agent, path, status):
    assert is_problem(agent.get(path), status)


def test_pages_lead_through_a_timeline_and_a_segment(agent):
    for path in (f"/customers/{ROB}/timeline", "/segments/loyal/members"):
        rows, after = [], None
        while True:
            query = {"limit": 2} | ({"after": after} if after else {})
            page = agent.get(path, params=query).json()
            rows += page["rows"]
            if not (after := page["next_page"]):
                break
        assert rows == agent.get(path, params={"limit": 500}).json()["rows"]
        assert len(rows) > 2
    day = {"since": "2026-01-02T02:00:00+02:00", "until": "2026-01-03T00:00:00Z"}
    rows = agent.get(f"/customers/{ROB}/timeline", params=day).json()["rows"]
    assert len(rows) == 4


def test_every_view_is_in_the_log_and_no_search_text(agent, people):
    before = len(list(entries(people)))
    agent.get(f"/customers/{ROB}/orders")
    agent.post("/search", json={"q": EMAIL})
    agent.get("/segments/loyal/members")
    logged = list(entries(people))[before:]
    assert [(entry["action"], entry["subject"]) for entry in logged] == [
        ("profile.view", ROB),
        ("search", None),
        ("segment.view", "loyal"),
    ]
    assert logged[1]["details"]["found"] == [ROB]
    assert all("test agent" in entry["by"] for entry in logged)
    assert EMAIL not in log_path(people).read_text()
    assert verify(people) is None


def test_what_did_not_change_is_not_sent_again(clients, agent):
    first = agent.get(f"/customers/{ROB}")
    known = {"If-None-Match": first.headers["etag"]}
    again = agent.get(f"/customers/{ROB}", headers=known)
    assert (again.status_code, again.content) == (304, b"")
    # What an agent has seen is no answer for a viewer.
    other = clients[Role.VIEWER].get(f"/customers/{ROB}", headers=known)
    assert other.status_code == 200


def test_a_publish_in_between_is_seen_with_the_next_request(data, manifest):
    publish(data, manifest, "one")
    with (
        served(data) as url,
        client(url, TokenStore(data), Role.AGENT) as agent,
    ):
        first = agent.get(f"/customers/{ROB}")
        known = {"If-None-Match": first.headers["etag"]}
        changed = [PEOPLE["customers"][0] | {"display_name": "Zbigniew Zaleski"}]
        publish(data, manifest, "two", PEOPLE | {"customers": changed})
        second = agent.get(f"/customers/{ROB}", headers=known)
        assert second.status_code == 200
        assert second.json()["display_name"] == "Zbigniew Zaleski"
        assert second.headers["c360-release"] == "two"
        found = agent.post("/search", json={"q": "zbignew"}).json()["customers"]
        assert [each["customer_id"] for each in found] == [ROB]
        log_path(data).write_text("")
        assert is_problem(agent.get(f"/customers/{ROB}"), 503)


def test_without_a_release_it_says_so(data):
    with served(data) as url, client(url, TokenStore(data), Role.AGENT) as agent:
        assert is_problem(agent.get("/health"), 503)
        assert "c360 run" in agent.get("/segments").json()["detail"]


def test_a_token_that_asks_too_often_waits(people):
    with (
        served(people, per_second=1, burst=2) as url,
        client(url, TokenStore(people), Role.VIEWER) as viewer,
    ):
        answers = [viewer.get("/segments") for _ in range(3)]
        assert [answer.status_code for answer in answers] == [200, 200, 429]
        assert answers[2].headers["retry-after"] == "1"


def test_the_description_is_complete(url):
    described = httpx.get(f"{url}/openapi.json").json()
    operations = [
        each for path in described["paths"].values() for each in path.values()
    ]
    assert all(each.get("description") for each in operations)
    names = [each["operationId"] for each in operations]
    assert len(set(names)) == len(names)
    for each in operations:
        if each["tags"] != ["service"] or each["summary"] == "Release":
            assert {"401", "429"} <= set(each["responses"])


@settings(max_examples=60)
@given(data=st.data())
def test_whatever_is_sent_the_answer_is_one_that_was_described(data, url, clients):
    described = httpx.get(f"{url}/openapi.json").json()["paths"]
    path = data.draw(st.sampled_from(sorted(described)))
    ((method, operation),) = described[path].items()
    text = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=40)
    values = st.one_of(text, st.sampled_from([ROB, "loyal", "0", "-1", "2026-01-01"]))
    parameters = operation.get("parameters", [])
    filled, query = path, {}
    for parameter in parameters:
        value = data.draw(values, label=parameter["name"])
        if parameter["in"] == "path":
            quoted = "".join(f"%{byte:02x}" for byte in value.encode())
            filled = filled.replace(f"{{{parameter['name']}}}", quoted)
        elif data.draw(st.booleans()):
            query[parameter["name"]] = value
    body = {"q": data.draw(text)} if method == "post" else None
    answer = clients[Role.AGENT].request(method, filled, params=query, json=body)
    # A path with a slash or a dot in it is another path.
    assert str(answer.status_code) in {*operation["responses"], "200", "400", "404"}
    assert "json" in answer.headers["content-type"]


def test_several_processes_answer_as_one(people):
    store = TokenStore(people)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "orchestration.cli", "api", "--port", str(port)]
    limits = ["--workers", "2", "--burst", "8", "--per-second", "0.1"]
    server = subprocess.Popen(
        [*command, *limits],
        env=os.environ | {"C360_DATA_DIR": str(people.root)},
        cwd=PROJECT_ROOT,
    )
    try:
        with client(f"http://127.0.0.1:{port}", store, Role.AGENT) as agent:
            for _ in range(300):
                try:
                    agent.get("/health")
                    break
                except httpx.ConnectError:
                    time.sleep(0.1)
            assert agent.get(f"/customers/{ROB}").json()["email"] == EMAIL
            # One connection stays with one process, which allows half of the burst.
            answers = [agent.get("/segments").status_code for _ in range(20)]
            assert 429 in answers[3:]
    finally:
        server.terminate()
        server.wait(timeout=30)
    assert verify(people) is None
