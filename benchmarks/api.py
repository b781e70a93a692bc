"""How long a program waits for the API at a hundred requests a second.

`python -m benchmarks.api [per second] [seconds] [workers]` serves the release of
C360_DATA_DIR in processes of its own and asks it over a socket, as engagement tools do:
half of it profiles, a fifth timelines, then orders, searches with typos and pages of
segments. A request is due at its time whether or not the one before was answered, and
its time counts from then on, so a server that stalls cannot hide it.
"""

from __future__ import annotations

import asyncio
import os
import random
import socket
import subprocess
import sys
import time
from collections import defaultdict
from pathlib import Path

import httpx

from app.access import Person, Role, reading
from app.release import Releases
from app.tokens import TokenStore
from orchestration.warehouse import DataDir

SHARES = {"profile": 50, "timeline": 20, "orders": 10, "search": 15, "members": 5}


def main() -> None:
    """Print milliseconds by kind of request."""
    per_second = float(sys.argv[1]) if len(sys.argv) > 1 else 100
    seconds = float(sys.argv[2]) if len(sys.argv) > 2 else 20
    workers = sys.argv[3] if len(sys.argv) > 3 else "1"
    data = DataDir.from_env()
    token, secret = TokenStore(data).create("benchmark", Role.AGENT, days=1)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "orchestration.cli", "api", "--port", str(port)]
    limits = ["--per-second", "10000", "--burst", "10000"]
    server = subprocess.Popen([*command, *limits, "--workers", workers])
    try:
        asyncio.run(_ask(data, server.pid, port, secret, per_second, seconds))
    finally:
        server.terminate()
        server.wait()
        TokenStore(data).revoke(token.token_id)


async def _ask(
    data: DataDir,
    pid: int,
    port: int,
    secret: str,
    per_second: float,
    seconds: float,
) -> None:
    dice = random.Random(360)
    with reading(Releases(data).current(), Person("benchmark", Role.AGENT)) as release:
        people = release.execute(
            "select customer_id, display_name from marts.customers "
            "where len(display_name) > 5 using sample 500"
        ).fetchall()
        segments = release.execute("select segment_id from marts.segments").fetchall()
    times: dict[str, list[float]] = defaultdict(list)
    wrong: list[int] = []
    async with httpx.AsyncClient(
        base_url=f"http://127.0.0.1:{port}",
        headers={"Authorization": f"Bearer {secret}"},
        limits=httpx.Limits(max_connections=50),
        timeout=30,
    ) as client:
        await _started(client)

        async def ask(kind: str, due: float) -> None:
            customer_id, name = dice.choice(people)
            path = {
                "profile": f"/customers/{customer_id}",
                "timeline": f"/customers/{customer_id}/timeline",
                "orders": f"/customers/{customer_id}/orders",
                "members": f"/segments/{dice.choice(segments)[0]}/members",
                "search": "/search",
            }[kind]
            if kind == "search":
                answer = await client.post(path, json={"q": name[:2] + name[3:]})
            else:
                answer = await client.get(path)
            times[kind].append((time.perf_counter() - due) * 1000)
            if answer.status_code != 200:
                wrong.append(answer.status_code)

        kinds = dice.choices([*SHARES], [*SHARES.values()], k=int(per_second * seconds))
        spent = _cpu_seconds(pid)
        begun = time.perf_counter()
        asked = []
        for number, kind in enumerate(kinds):
            due = begun + number / per_second
            await asyncio.sleep(max(0, due - time.perf_counter()))
            asked.append(asyncio.create_task(ask(kind, due)))
        await asyncio.gather(*asked)
        rate = len(kinds) / (time.perf_counter() - begun)
        spent = (_cpu_seconds(pid) - spent) / len(kinds) * 1000
    print(
        f"{rate:.0f} requests a second at {spent:.1f} ms of the server's CPU each, "
        f"{len(wrong)} not answered with 200"
    )
    times["all"] = [each for kind in SHARES for each in times[kind]]
    for kind, measured in times.items():
        measured.sort()
        median, late, latest = (
            measured[int(len(measured) * share)] for share in (0.5, 0.95, 0.99)
        )
        print(f"{kind}: median {median:.1f} ms, 95th {late:.1f}, 99th {latest:.1f}")


def _cpu_seconds(pid: int) -> float:
    """Return what a process and those it started have used of the processor."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    own = (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    started = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return own + sum(_cpu_seconds(int(child)) for child in started)


async def _started(client: httpx.AsyncClient) -> None:
    for _ in range(300):
        try:
            if (await client.get("/health")).status_code == 200:
                # The first search opens the index, as a server does once a release.
                await client.post("/search", json={"q": "warm up"})
                return
        except httpx.ConnectError:
            await asyncio.sleep(0.1)
    raise RuntimeError("The API did not start in 30 seconds.")


if __name__ == "__main__":
    main()
