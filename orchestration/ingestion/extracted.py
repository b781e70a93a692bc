"""What a fetch at a source brought, or why it brought nothing."""

from __future__ import annotations

from dataclasses import dataclass, field


class ExtractError(RuntimeError):
    """A source cannot be fetched now; what landed before stays, nothing is lost."""


@dataclass(frozen=True)
class Extracted:
    """What one fetch brought."""

    rows: int = 0
    """Rows that landed."""
    deleted: int = 0
    """Keys that were found gone, and landed as such."""
    cursor_from: str | None = None
    cursor_to: str | None = None
    files: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    """Sentences for whoever watches the source."""
