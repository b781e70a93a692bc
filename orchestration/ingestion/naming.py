"""The names that raw columns bear, whatever a header or a JSON key calls them."""

from __future__ import annotations

import re

_CAMEL_WORD = re.compile(r"([a-z0-9])([A-Z])")
_ACRONYM_WORD = re.compile(r"([A-Z]+)([A-Z][a-z]{2,})")
_SEPARATORS = re.compile(r"[\W_]+")


def snake_case(name: str) -> str:
    """Return `name` in snake_case; empty when it holds no letter and no digit.

    "Record ID" is record_id, "Associated Company IDs (Primary)" is
    associated_company_ids_primary, "messageId" is message_id.
    """
    words = _ACRONYM_WORD.sub(r"\1_\2", name)
    words = _CAMEL_WORD.sub(r"\1_\2", words)
    return _SEPARATORS.sub("_", words).strip("_").lower()
