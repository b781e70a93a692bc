"""How one expectation fared on one version of a table, and how that is said."""

from __future__ import annotations

from dataclasses import dataclass, fields

from orchestration.wording import counted


@dataclass(frozen=True)
class Finding:
    """How one expectation fared on one version of a table."""

    expectation: str
    column_name: str | None
    severity: str
    passed: bool
    rows_checked: int | None
    rows_failed: int | None
    observed: str | None
    examples: str | None
    reason: str | None

    @classmethod
    def columns(cls) -> list[str]:
        """Return the columns of `ops.gate_results` that hold a finding, in order."""
        return [field.name for field in fields(cls)]

    @property
    def rule(self) -> str:
        """Return what was expected, of which column."""
        return " ".join(filter(None, (self.column_name, self.expectation)))

    @property
    def extent(self) -> str:
        """Return how far the rule is broken: what was found, or how many rows fail."""
        if self.observed:
            return f"found {self.observed}"
        if self.rows_failed is None:
            return "it does not hold"
        if self.rows_checked is None:
            return counted(self.rows_failed, "row breaks it", "rows break it")
        if not self.rows_checked:
            return counted(self.rows_failed, "row fails", "rows fail")
        share = self.rows_failed / self.rows_checked
        checked = counted(self.rows_checked, "row")
        return f"{self.rows_failed:,} of {checked} fail ({share:.2%})"
