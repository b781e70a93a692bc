"""Fifty people at once: each a session of their own over the websocket of the pages."""

import asyncio
import time

import pytest
import websockets
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from app.access import Role
from app.web.sign_in.session import COOKIE, new_session
from app.web.sign_in.users import add_user
from tests.app.web.server import free_port, pages_on

USERS = 50


async def open_page(address: str, cookie: str, page: str) -> tuple[bool, float]:
    """Return whether a page was shown whole, and after how many seconds."""
    asked_at = time.monotonic()
    request = BackMsg()
    request.rerun_script.page_name = page
    async with websockets.connect(
        f"{address.replace('http', 'ws')}/_stcore/stream",
        subprotocols=["streamlit"],
        additional_headers={"cookie": f"{COOKIE}={cookie}"},
        origin=address,
        max_size=None,
        open_timeout=60,
    ) as line:
        await line.send(request.SerializeToString())
        is_whole = True
        async for text in line:
            said = ForwardMsg.FromString(text)
            shown = said.delta.new_element
            is_whole &= shown.WhichOneof("type") != "exception"
            # Which is the title for who is not signed in.
            is_whole &= shown.heading.body != "Customer 360"
            if said.WhichOneof("type") == "script_finished":
                ended_well = said.script_finished == ForwardMsg.FINISHED_SUCCESSFULLY
                return is_whole and ended_well, time.monotonic() - asked_at
    return False, time.monotonic() - asked_at


@pytest.mark.slow
def test_fifty_at_once_are_all_served(data, people):
    data.root.mkdir(parents=True, exist_ok=True)
    data.published.symlink_to(people.published)
    cookie = new_session(add_user(data, "ann", Role.ADMIN, "correct horse"))

    async def all_at_once(address: str) -> list[tuple[bool, float]]:
        pages = ["", "segments", "identity", "quality", "cohorts"]
        return await asyncio.gather(
            *(open_page(address, cookie, pages[n % 5]) for n in range(USERS))
        )

    with pages_on(data, free_port()) as address:
        served = asyncio.run(asyncio.wait_for(all_at_once(address), timeout=180))
    assert [is_whole for is_whole, _ in served] == [True] * USERS
