"""Serving the API from one process or several.

Belongs here: the server. Does not belong here: what it answers (service.py).
"""

from __future__ import annotations

from functools import partial

import uvicorn
from uvicorn.supervisors import Multiprocess

from app.api.service import create_api
from orchestration.warehouse import DataDir


def serve(
    data: DataDir, *, host: str, port: int, per_second: float, burst: int, workers: int
) -> None:
    """Answer requests until the process is told to end.

    Args:
        data: where the release, the tokens and the access log are.
        host: the address to listen on.
        port: its port.
        per_second: requests that each token may make in the long run.
        burst: how many of them at once.
        workers: processes that answer. They know nothing of each other, so each allows
            a token its even share: no token ever gets more than it may, and one that
            uses a single connection gets less.
    """
    config = uvicorn.Config(
        partial(
            create_api,
            data,
            per_second=per_second / workers,
            burst=max(1, burst // workers),
        ),
        factory=True,
        host=host,
        port=port,
        workers=workers,
        # Requests are in the access log of this project, by who and whom.
        access_log=False,
        log_level="warning",
        server_header=False,
    )
    server = uvicorn.Server(config)
    if workers == 1:
        server.run()
    else:
        Multiprocess(config, server.run, [config.bind_socket()]).run()
