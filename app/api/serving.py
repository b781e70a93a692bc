"""Serving the API from one process or several.

Belongs here: the server. Does not belong here: what it answers (service.py).
"""

from __future__ import annotations

import json
import os

import uvicorn
from fastapi import FastAPI

from app.api.service import create_api
from orchestration.warehouse import DataDir

# How processes are told what they allow: uvicorn starts them by the name of `api`.
_LIMITS = "C360_API_LIMITS"


def serve(*, host: str, port: int, per_second: float, burst: int, workers: int) -> None:
    """Answer from the data directory of the environment until told to end.

    Args:
        host: the address to listen on.
        port: its port.
        per_second: requests that each token may make in the long run.
        burst: how many of them at once.
        workers: processes that answer. They know nothing of each other, so each allows
            a token its even share: no token ever gets more than it may, and one that
            uses a single connection gets less.
    """
    shares = {"per_second": per_second / workers, "burst": max(1, burst // workers)}
    os.environ[_LIMITS] = json.dumps(shares)
    uvicorn.run(
        f"{__name__}:{api.__name__}",
        factory=True,
        host=host,
        port=port,
        workers=workers,
        # Requests are in the access log of this project, by who and whom.
        access_log=False,
        log_level="warning",
        server_header=False,
    )


def api() -> FastAPI:
    """Return what one process serves."""
    return create_api(DataDir.from_env(), **json.loads(os.environ[_LIMITS]))
