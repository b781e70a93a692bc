"""What a gate says of a layer, once every table behind it was judged."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from orchestration.gates.ledger import TableVerdict


@dataclass(frozen=True)
class GateVerdict:
    """Whether a gate is open, and what every table behind it was found to be."""

    layer: str
    run_id: str
    checked_at: datetime
    tables: tuple[TableVerdict, ...]
    report: Path

    @property
    def passed(self) -> bool:
        """Tell whether the gate is open: no table that counts failed."""
        return not self.closing

    @property
    def closing(self) -> list[TableVerdict]:
        """Return the tables that hold the gate closed."""
        return [t for t in self.tables if t.required and not t.passed]
