"""Small pieces of Markdown."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence


def cell(text: object) -> str:
    """Return a text as one line that cannot end the cell of a table."""
    return re.sub(r"\s+", " ", str(text or "")).strip().replace("|", "\\|")


def table(header: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Return a table, or nothing if it has no rows."""
    lines = [" | ".join(cell(value) for value in row) for row in rows]
    if not lines:
        return ""
    head = [" | ".join(header), " | ".join("---" for _ in header)]
    return "\n".join(f"| {line} |" for line in [*head, *lines]) + "\n"


def code(text: object) -> str:
    """Return a name as it is typed, or nothing."""
    return f"`{text}`" if text else ""


def page(*parts: str) -> str:
    """Return the parts of a page that are not empty, a line apart."""
    return "\n\n".join(part.strip() for part in parts if part.strip()) + "\n"
