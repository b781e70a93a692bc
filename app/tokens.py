"""Tokens by which programs are known to the API: whose, with which role, until when.

`state/api_tokens.json` holds the SHA-256 of each token and never the token, which is
shown once, when it is made. A token has 256 random bits, so its hash needs no salt and
no slow function: there is nothing to guess.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

from app.access import Person, Role
from orchestration import clock
from orchestration.warehouse import DataDir

PREFIX = "c360_"
"""How a token begins, so that a scanner finds one that was left in a file."""

LONGEST_DAYS = 366


class TokenError(ValueError):
    """A token cannot be made or revoked; the message says why."""


@dataclass(frozen=True)
class Token:
    """What is kept of a token.

    Attributes:
        token_id: by which people name it.
        name: of the program that has it, as the access log shows it.
        role: what it may do.
        sha256: of the token.
        created_at: when it was made, UTC.
        expires_at: from when on it is nothing.
        revoked_at: when somebody took it back.
    """

    token_id: str
    name: str
    role: Role
    sha256: str
    created_at: datetime
    expires_at: datetime
    revoked_at: datetime | None = None

    def is_valid(self, at: datetime) -> bool:
        """Tell whether it opens anything at a time."""
        return self.revoked_at is None and at < self.expires_at

    @property
    def holder(self) -> Person:
        """Who the access log says was there."""
        return Person(f"{self.name} ({self.token_id})", self.role)


class TokenStore:
    """The tokens of a data directory; a change is seen by all processes at once."""

    def __init__(self, data: DataDir) -> None:
        self._path = data.state / "api_tokens.json"
        self._read_at: tuple[int, int] | None = None
        self._by_hash: dict[str, Token] = {}

    def create(self, name: str, role: Role, days: int) -> tuple[Token, str]:
        """Make a token; return what is kept of it, and itself, for the only time.

        Raises:
            TokenError: it would have no name, or live for ever.
        """
        if not name.strip():
            raise TokenError("A token needs the name of the program that gets it.")
        if not 1 <= days <= LONGEST_DAYS:
            raise TokenError(f"A token lives for 1 to {LONGEST_DAYS} days, not {days}.")
        secret = PREFIX + secrets.token_urlsafe(32)
        now = clock.machine_time()
        token = Token(
            token_id=secrets.token_hex(4),
            name=name.strip(),
            role=role,
            sha256=_sha256(secret),
            created_at=now,
            expires_at=now + timedelta(days=days),
        )
        with self._changing() as tokens:
            tokens.append(token)
        return token, secret

    def revoke(self, token_id: str) -> Token:
        """Take a token back; it opens nothing from now on.

        Raises:
            TokenError: there is no such token.
        """
        with self._changing() as tokens:
            for place, token in enumerate(tokens):
                if token.token_id == token_id:
                    revoked_at = token.revoked_at or clock.machine_time()
                    tokens[place] = replace(token, revoked_at=revoked_at)
                    return tokens[place]
        raise TokenError(
            f"There is no token {token_id!r}. See them with: c360 api token list"
        )

    def all(self) -> list[Token]:
        """Return all tokens that were ever made, the oldest first."""
        if not self._path.exists():
            return []
        return [_parsed(entry) for entry in json.loads(self._path.read_text("utf-8"))]

    def holder(self, secret: str) -> Person | None:
        """Return who has a token, or None if it opens nothing (any more)."""
        token = self._current().get(_sha256(secret))
        if token is None or not token.is_valid(clock.machine_time()):
            return None
        return token.holder

    def _current(self) -> dict[str, Token]:
        """Return the tokens by hash; the file is read again when it was replaced."""
        try:
            status = self._path.stat()
        except FileNotFoundError:
            return {}
        read_at = (status.st_ino, status.st_mtime_ns)
        if read_at != self._read_at:
            self._by_hash = {token.sha256: token for token in self.all()}
            self._read_at = read_at
        return self._by_hash

    @contextmanager
    def _changing(self) -> Iterator[list[Token]]:
        """Yield all tokens to be changed, and keep them in one step."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        with self._path.with_suffix(".lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            tokens = self.all()
            yield tokens
            _replace(self._path, [asdict(token) for token in tokens])


def _sha256(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def _parsed(entry: dict) -> Token:
    times = {
        name: datetime.fromisoformat(entry[name]) if entry[name] else None
        for name in ("created_at", "expires_at", "revoked_at")
    }
    return Token(**{**entry, **times, "role": Role(entry["role"])})


def _replace(path: Path, entries: list[dict]) -> None:
    draft = path.with_suffix(".tmp")
    draft.touch(mode=0o600)
    draft.write_text(json.dumps(entries, indent=1, default=str), encoding="utf-8")
    draft.replace(path)
