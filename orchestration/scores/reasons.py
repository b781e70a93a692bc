"""Why a score is what it is, in words: the values that moved it most."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from orchestration.scores.likelihood import Floats

_REASONS = 3
_SLIGHT = 0.05  # of the log-odds; below, a value moved nothing that one would notice


@dataclass(frozen=True)
class Wording:
    """How a value is said, as a whole number.

    Attributes:
        text: what it is, with its unit.
    """

    text: str

    def said(self, values: Floats) -> pa.Array:
        """Return the text for each value."""
        number = pa.array(np.rint(values).astype("int64"))
        return pc.binary_join_element_wise(self.text, number.cast("string"), ": ")


def main_reasons(
    wordings: list[Wording],
    values: Floats,
    contributions: Floats,
    sides: tuple[str, str],
) -> list[pa.Array]:
    """Return the first, second and third reason of each case; null where there is none.

    Args:
        wordings: how each column is said.
        values: one row per case, one column per wording.
        contributions: what each value adds to the score over that of the mean case.
        sides: what is said of values that raise, and of those that lower the score.
    """
    order = np.argsort(-np.abs(contributions), axis=1, kind="stable")[:, :_REASONS]
    reasons = []
    for place in range(_REASONS):
        found = np.full(len(values), None, dtype=object)
        if place < order.shape[1]:
            for column, wording in enumerate(wordings):
                adds = contributions[:, column]
                here = (order[:, place] == column) & (np.abs(adds) >= _SLIGHT)
                side = np.where(adds[here] > 0, *(f" ({side})" for side in sides))
                said = wording.said(values[here, column])
                found[here] = pc.binary_join_element_wise(said, pa.array(side), "")
        reasons.append(pa.array(found, pa.string()))
    return reasons
