"""Signing in with an identity provider (OpenID Connect), as the environment sets it.

`C360_OIDC_URL` is the provider's metadata (…/.well-known/openid-configuration), beside
`C360_OIDC_CLIENT_ID`, `C360_OIDC_CLIENT_SECRET` and `C360_APP_URL`, where browsers
reach the pages. `C360_OIDC_ROLE_CLAIM` names the claim of the role, by default `roles`.
"""

from __future__ import annotations

import os
import time
from collections.abc import Mapping
from typing import Any

from app.access import Person, Role
from app.web.sign_in.session import session_seconds
from orchestration.privacy.secret_key import key_for

_NEEDED = (
    "C360_OIDC_URL",
    "C360_OIDC_CLIENT_ID",
    "C360_OIDC_CLIENT_SECRET",
    "C360_APP_URL",
)


def is_configured() -> bool:
    """Tell whether people sign in with an identity provider."""
    return bool(os.environ.get("C360_OIDC_URL"))


def provider_settings() -> dict[str, Any]:
    """Return what Streamlit's sign-in wants to know, empty without a provider.

    Raises:
        ValueError: Some of the settings are missing.
    """
    if not is_configured():
        return {}
    missing = [name for name in _NEEDED if not os.environ.get(name)]
    if missing:
        raise ValueError(
            f"C360_OIDC_URL is set, so {', '.join(missing)} must be set as well."
        )
    return {
        "auth": {
            "redirect_uri": f"{os.environ['C360_APP_URL'].rstrip('/')}/oauth2callback",
            "cookie_secret": key_for("app oidc session"),
            "client_id": os.environ["C360_OIDC_CLIENT_ID"],
            "client_secret": os.environ["C360_OIDC_CLIENT_SECRET"],
            "server_metadata_url": os.environ["C360_OIDC_URL"],
        }
    }


def person_of(claims: Mapping[str, Any]) -> Person | None:
    """Return whom the provider vouches for, or None if no role of ours is claimed.

    Of several roles the last one of `Role` counts, which may most.
    """
    stated = claims.get(os.environ.get("C360_OIDC_ROLE_CLAIM", "roles")) or ()
    stated = {stated} if isinstance(stated, str) else set(stated)
    roles = [role for role in Role if role.value in stated]
    name = claims.get("email") or claims.get("preferred_username") or claims.get("sub")
    return Person(str(name), roles[-1]) if roles and name else None


def has_ended(claims: Mapping[str, Any]) -> bool:
    """Tell whether signing in is too long ago; Streamlit's cookie lasts a month."""
    issued_at = claims.get("iat") or 0
    return time.time() - float(issued_at) > session_seconds()
