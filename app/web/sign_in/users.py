"""Users of the pages without an identity provider: names, roles, hashed passwords.

They are in `state/app_users.json`, which its owner alone may read, and never in a
release. Belongs here: keeping and checking them. Does not belong here: what a role may
do (app/access.py), and staying signed in (session.py).
"""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import re
import secrets
from dataclasses import dataclass
from pathlib import Path

from app.access import Role
from orchestration.warehouse import DataDir

MIN_PASSWORD = 10
"""Characters; length is what makes guessing costly (NIST SP 800-63B)."""

# 16 MB and some 50 ms a guess (OWASP's second setting for scrypt).
_COST = {"n": 2**14, "r": 8, "p": 5}
_NAME = re.compile(r"[a-z0-9][a-z0-9._@-]{0,63}")


class UserError(ValueError):
    """A user cannot be added or found; the message says why."""


@dataclass(frozen=True)
class User:
    """Somebody who may sign in.

    Attributes:
        name: As they sign in, and as the access log knows them.
        role: What they are.
        password_hash: Salt and scrypt hash, in hexadecimal digits.
    """

    name: str
    role: Role
    password_hash: str

    @property
    def stamp(self) -> str:
        """What changes with the password or role, so that sessions end with it."""
        text = f"{self.role}:{self.password_hash}"
        return hashlib.sha256(text.encode()).hexdigest()[:16]


def users_path(data: DataDir) -> Path:
    """Return the file that holds the users."""
    return data.state / "app_users.json"


def users(data: DataDir) -> dict[str, User]:
    """Return the users by name.

    Raises:
        UserError: The file is damaged.
    """
    path = users_path(data)
    if not path.exists():
        return {}
    try:
        kept = json.loads(path.read_text(encoding="utf-8"))
        return {
            name: User(name, Role(user["role"]), user["password_hash"])
            for name, user in kept.items()
        }
    except (ValueError, KeyError, TypeError) as error:
        raise UserError(
            f"{path} cannot be read ({error}). Put a backup of it back, or remove it "
            "and add the users again: c360 app user add"
        ) from error


def add_user(data: DataDir, name: str, role: Role, password: str) -> User:
    """Add a user, or give one another role and password; their sessions end.

    Raises:
        UserError: The name or the password will not do.
    """
    if not _NAME.fullmatch(name):
        raise UserError(
            f"{name!r} is no name of a user: use a to z, digits and . _ @ - only."
        )
    if len(password) < MIN_PASSWORD:
        raise UserError(f"A password needs {MIN_PASSWORD} characters at least.")
    user = User(name, role, _hashed(password, secrets.token_bytes(16)))
    _write(data, users(data) | {name: user})
    return user


def remove_user(data: DataDir, name: str) -> None:
    """Remove a user; their sessions end.

    Raises:
        UserError: There is none of that name.
    """
    known = users(data)
    if name not in known:
        raise UserError(f"There is no user {name!r}. See: c360 app user list")
    _write(data, {kept: user for kept, user in known.items() if kept != name})


def verified(data: DataDir, name: str, password: str) -> User | None:
    """Return the user whose name and password these are, or None.

    An unknown name takes as long as a wrong password, so that nobody learns names.
    """
    user = users(data).get(name)
    known = user.password_hash if user else f"{'0' * 32}{'0' * 64}"
    given = _hashed(password, bytes.fromhex(known[:32]))
    return user if hmac.compare_digest(given, known) and user else None


def _hashed(password: str, salt: bytes) -> str:
    digest = hashlib.scrypt(password.encode(), salt=salt, dklen=32, **_COST)
    return salt.hex() + digest.hex()


def _write(data: DataDir, known: dict[str, User]) -> None:
    path = users_path(data)
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_suffix(".tmp")
    draft.unlink(missing_ok=True)
    text = json.dumps(
        {
            user.name: {"role": user.role, "password_hash": user.password_hash}
            for user in known.values()
        },
        indent=2,
    )
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT, 0o600), "w") as out:
        out.write(text + "\n")
    draft.replace(path)
