"""The secret that pseudonyms and suppressions are made with, kept apart from the data.

Whoever has a copy of the data directory, or a backup of it, cannot try out names and
addresses against it. `C360_KEY_FILE` names its file. Belongs here: making and reading
it. Does not belong here: what is hashed with it.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
from contextlib import suppress
from pathlib import Path

_BYTES = 32


class SecretKeyError(RuntimeError):
    """There is no key that can be used; the message says why and what to do."""


def key_path() -> Path:
    """Return the file that holds the secret."""
    named = os.environ.get("C360_KEY_FILE", "~/.config/customer360/key")
    return Path(named).expanduser().resolve()


def key_for(purpose: str) -> str:
    """Return a key of 64 hexadecimal digits, another one for each purpose.

    The first call makes the secret, readable by its owner alone. It must be kept: a new
    one makes other pseudonyms, and knows nobody who was suppressed under the old.

    Args:
        purpose: what is hashed with it, such as `masking`.

    Raises:
        SecretKeyError: the file cannot be made or read, or holds something else.
    """
    path = key_path()
    try:
        if not path.exists():
            _make(path)
        secret = bytes.fromhex(path.read_text(encoding="ascii").strip())
    except OSError as error:
        raise SecretKeyError(
            f"The key {path} cannot be read or made ({error.strerror}). Name a file "
            "outside of the data directory that you may write to in C360_KEY_FILE."
        ) from error
    except ValueError:
        secret = b""
    if len(secret) != _BYTES:
        raise SecretKeyError(
            f"{path} is no key: it must hold {2 * _BYTES} hexadecimal digits. Put the "
            "backup of it back, or name another file in C360_KEY_FILE."
        )
    return hmac.new(secret, purpose.encode(), hashlib.sha256).hexdigest()


def _make(path: Path) -> None:
    """Write a new secret; of two processes that do so, the first one's stays."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = path.with_name(f"{path.name}.{secrets.token_hex(4)}.tmp")
    draft.touch(mode=0o600)
    try:
        draft.write_text(secrets.token_hex(_BYTES) + "\n", encoding="ascii")
        with suppress(FileExistsError):
            path.hardlink_to(draft)
    finally:
        draft.unlink()
