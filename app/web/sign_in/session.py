"""Staying signed in: a signed cookie with the name of a local user, for some hours.

Nothing is kept on the server. A session ends by its age, or as soon as the password or
role of its user changes. Belongs here: making and reading the cookie. Does not belong
here: checking passwords (users.py).
"""

from __future__ import annotations

import os

from itsdangerous import BadData, URLSafeTimedSerializer

from app.access import Person
from app.web.sign_in.users import User, users
from orchestration.privacy.secret_key import key_for
from orchestration.warehouse import DataDir

COOKIE = "c360_session"


def session_seconds() -> int:
    """Return how long somebody stays signed in: `C360_APP_SESSION_HOURS`, or 8 hours.

    Raises:
        ValueError: The setting is no positive number of hours.
    """
    hours = os.environ.get("C360_APP_SESSION_HOURS", "8")
    try:
        seconds = int(float(hours) * 3600)
    except ValueError:
        seconds = 0
    if seconds <= 0:
        raise ValueError(f"C360_APP_SESSION_HOURS={hours!r} is no number of hours.")
    return seconds


def new_session(user: User) -> str:
    """Return the cookie of a user who just signed in."""
    return _serializer().dumps([user.name, user.stamp])


def person_of(data: DataDir, cookie: str | None) -> Person | None:
    """Return whose session a cookie is, or None for a forged, ended or absent one."""
    if not cookie:
        return None
    try:
        name, stamp = _serializer().loads(cookie, max_age=session_seconds())
    except (BadData, TypeError, ValueError):
        return None
    user = users(data).get(name)
    return Person(user.name, user.role) if user and user.stamp == stamp else None


def _serializer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(key_for("app session"), salt="c360.app")
