"""The pages as `c360 app` serves them, and an identity provider for them."""

import os
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from urllib.parse import urlencode

import uvicorn
from joserfc import jwt
from joserfc.jwk import RSAKey
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from orchestration.warehouse import PROJECT_ROOT, DataDir


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextmanager
def pages_on(
    data: DataDir, port: int, settings: Mapping[str, str] | None = None
) -> Iterator[str]:
    """Serve the pages over a data directory; yield their address."""
    environment = os.environ | {"C360_DATA_DIR": str(data.root)} | dict(settings or {})
    address = f"http://127.0.0.1:{port}"
    command = [sys.executable, "-m", "orchestration.cli", "app", "--port", str(port)]
    log = data.root / "app.log"
    with (
        log.open("wb") as out,
        subprocess.Popen(
            command, cwd=PROJECT_ROOT, env=environment, stdout=out, stderr=out
        ) as process,
    ):
        try:
            _wait_for(f"{address}/_stcore/health", process, log)
            yield address
        finally:
            process.terminate()


def _wait_for(address: str, process: subprocess.Popen, log: object) -> None:
    for _ in range(300):
        assert process.poll() is None, f"the pages ended; see {log}"
        try:
            urllib.request.urlopen(address, timeout=1).close()
        except OSError:
            time.sleep(0.2)
        else:
            return
    raise TimeoutError(f"The pages did not answer; see {log}.")


@contextmanager
def identity_provider(claims: Mapping[str, object]) -> Iterator[str]:
    """Serve an OpenID provider that vouches for one person; yield its address."""
    port = free_port()
    issuer = f"http://127.0.0.1:{port}"
    key = RSAKey.generate_key(2048, parameters={"kid": "k1"})
    asked: dict[str, str] = {}

    def metadata(_: Request) -> Response:
        return JSONResponse(
            {
                "issuer": issuer,
                "authorization_endpoint": f"{issuer}/authorize",
                "token_endpoint": f"{issuer}/token",
                "jwks_uri": f"{issuer}/keys",
                "response_types_supported": ["code"],
                "subject_types_supported": ["public"],
                "id_token_signing_alg_values_supported": ["RS256"],
            }
        )

    def authorize(request: Request) -> Response:
        asked.update(request.query_params)
        answer = urlencode({"code": "c1", "state": asked["state"]})
        return RedirectResponse(f"{asked['redirect_uri']}?{answer}")

    def token(_: Request) -> Response:
        now = int(time.time())
        stated = {
            "iss": issuer,
            "sub": "7",
            "aud": asked["client_id"],
            "iat": now,
            "exp": now + 600,
            "nonce": asked.get("nonce"),
        }
        signed = jwt.encode({"alg": "RS256", "kid": "k1"}, stated | dict(claims), key)
        return JSONResponse(
            {"access_token": "t1", "token_type": "Bearer", "id_token": signed}
        )

    def keys(_: Request) -> Response:
        return JSONResponse({"keys": [key.as_dict(private=False)]})

    app = Starlette(
        routes=[
            Route("/.well-known/openid-configuration", metadata),
            Route("/authorize", authorize),
            Route("/token", token, methods=["POST"]),
            Route("/keys", keys),
        ]
    )
    server = uvicorn.Server(
        uvicorn.Config(app, host="127.0.0.1", port=port, log_level="error")
    )
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.05)
    yield f"{issuer}/.well-known/openid-configuration"
    server.should_exit = True
    thread.join()
