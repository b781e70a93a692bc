"""The MCP server, asked by a client over standard input and output."""

import sys
from collections.abc import Callable
from typing import Any

import anyio
import pytest
from mcp import ClientSession, StdioServerParameters
from mcp.client.stdio import stdio_client

from app.access import Role
from orchestration.privacy.access_log import entries
from orchestration.privacy.restrictions import restrict
from orchestration.warehouse import PROJECT_ROOT, DataDir

ROB = "C0000000001"
Call = Callable[..., Any]


def asked(data: DataDir, role: Role, questions: Callable[[Call], Any]) -> Any:
    """Start `c360 mcp` as a client would, and put questions to its tools."""
    server = StdioServerParameters(
        command=sys.executable,
        args=["-m", "orchestration.cli", "mcp", "--role", role, "--name", "ann"],
        env={"C360_DATA_DIR": str(data.root), "PYTHONPATH": str(PROJECT_ROOT)},
    )

    async def talk() -> Any:
        async with (
            stdio_client(server) as (reads, writes),
            ClientSession(reads, writes) as session,
        ):
            await session.initialize()

            async def call(tool: str, **arguments: Any) -> Any:
                answer = await session.call_tool(tool, arguments)
                return answer if answer.is_error else answer.structured_content

            return session, await questions(session, call)

    return anyio.run(talk)[1]


@pytest.fixture(scope="module")
def told(people: DataDir) -> dict[str, Any]:
    """What an agent is told; one server answers all questions."""

    async def questions(session: ClientSession, call: Call) -> dict[str, Any]:
        page = await call("customer_timeline", customer_id=ROB, limit=20)
        return {
            "tools": (await session.list_tools()).tools,
            "search": await call("search_customers", text="robrt grunwld"),
            "profile": await call(
                "customer_profile",
                customer_id="c0000000009",
                sections=["identifiers", "household"],
            ),
            "page": page,
            "rest": await call(
                "customer_timeline", customer_id=ROB, after=page["next_page"]
            ),
            "segments": await call("list_segments"),
            "members": await call("segment_members", segment_id="loyal"),
            "identity": await call("explain_identity", one=ROB, other="C0000000002"),
            "nobody": await call("customer_profile", customer_id="C9"),
            "nonsense": await call("customer_profile", customer_id=ROB, sections=["x"]),
        }

    return asked(people, Role.AGENT, questions)


def test_tools_describe_themselves_and_say_that_they_only_read(told):
    assert {tool.name for tool in told["tools"]} == {
        "search_customers",
        "customer_profile",
        "customer_timeline",
        "list_segments",
        "segment_members",
        "explain_identity",
    }
    for tool in told["tools"]:
        assert tool.description
        assert tool.annotations.read_only_hint


def test_an_agent_finds_and_reads_a_customer(told):
    (found,) = told["search"]["customers"]
    assert (found["customer_id"], found["matched_kind"]) == (ROB, "name")
    profile = told["profile"]
    assert profile["customer"]["email"] == "rob.gruenwald@mail.example"
    assert len(profile["identifiers"]) == 4
    assert len(profile["household"]["members"]) == 2


def test_an_agent_pages_through_time_and_segments(told):
    assert len(told["page"]["rows"]) + len(told["rest"]["rows"]) == 23
    assert told["rest"]["next_page"] is None
    assert len(told["members"]["rows"]) == 3
    assert len(told["segments"]["segments"]) == 2


def test_identity_is_explained(told):
    assert told["identity"]["is_same"] is False


def test_errors_are_sentences(told):
    assert "no customer 'C9'" in told["nobody"].content[0].text
    assert told["nonsense"].is_error
    for wrong in ("nobody", "nonsense"):
        assert "Traceback" not in told[wrong].content[0].text


def test_every_view_is_logged_under_who_started_it(told, people):
    mine = [entry for entry in entries(people) if entry["by"] == "ann (mcp)"]
    assert {entry["action"] for entry in mine} == {
        "search",
        "profile.view",
        "segment.view",
    }
    assert ROB in {entry["subject"] for entry in mine}


def test_a_viewer_is_shown_nothing_personal(people):
    async def questions(session: ClientSession, call: Call) -> list[Any]:
        return [
            await call("search_customers", text="robert"),
            await call("search_customers", text="rob.gruenwald@mail.example"),
            await call("search_customers", text=ROB),
            await call("customer_profile", customer_id=ROB, sections=["identifiers"]),
            await call("customer_timeline", customer_id=ROB),
            await call("segment_members", segment_id="loyal"),
        ]

    by_name, by_email, by_id, *rest = asked(people, Role.VIEWER, questions)
    assert by_name == by_email == {"customers": []}
    assert by_id["customers"][0]["customer_id"] == ROB
    for secret in ("gruenwald", "Grünwald", "7860961608", "private words"):
        assert secret not in str([by_id, *rest])


def test_restricted_data_is_kept_from_assistants(people, data):
    data.root.mkdir(parents=True, exist_ok=True)
    data.published.symlink_to(people.published)
    restrict(data, [ROB], by="eve")

    async def questions(session: ClientSession, call: Call) -> list[Any]:
        return [
            await call("customer_profile", customer_id=ROB),
            await call("customer_timeline", customer_id=ROB),
            await call("explain_identity", one=ROB, other="C0000000002"),
            await call("search_customers", text=ROB),
            await call("segment_members", segment_id="loyal"),
        ]

    *refused, found, members = asked(data, Role.AGENT, questions)
    for answer in refused:
        assert "article 18" in answer.content[0].text
    for secret in ("gruenwald", "Grünwald", "7860961608"):
        assert secret not in str([found, members])
