"""Groups of like rows by k-means, and names for them that outlive a new fit.

Belongs here: how many groups there are, which row is in which, how far they are apart,
and which group of today is which of before. Does not belong here: what the rows are.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from orchestration.scores.likelihood import Floats

Labels = npt.NDArray[np.intp]

FEWEST, MOST = 3, 8
"""Groups that are tried: two are buyers and all others, nine nobody keeps in mind."""

MARGIN = 0.02
"""By how much a silhouette has to be better for another number of groups."""

_FITTED = 50_000
"""Rows that are fitted to; the centres of more are the same."""

_JUDGED = 2_000
"""Rows that a silhouette is computed of, which takes the square of their number."""


@dataclass(frozen=True)
class Scale:
    """What takes columns of different units to one: mean 0, standard deviation 1."""

    mean: Floats
    deviation: Floats

    @classmethod
    def of(cls, columns: Floats) -> Scale:
        """Return the scale of columns; one that never differs stays 0."""
        deviation = columns.std(axis=0)
        return cls(columns.mean(axis=0), np.where(deviation > 0, deviation, 1))

    def apply(self, columns: Floats) -> Floats:
        """Return the columns on this scale."""
        return (columns - self.mean) / self.deviation


def nearest(rows: Floats, centres: Floats) -> Labels:
    """Return the number of the centre that each row is nearest to."""
    # |row - centre|² without |row|², which is the same for all centres of a row.
    return np.argmin((centres**2).sum(axis=1) - 2 * rows @ centres.T, axis=1)


def silhouette(rows: Floats, labels: Labels) -> float:
    """Return how far apart groups are, -1 to 1 (Rousseeuw 1987); -1 for one alone."""
    from sklearn.metrics import silhouette_score

    picked = _sample(len(rows), _JUDGED)
    if len(np.unique(labels[picked])) < 2:
        return -1.0
    return float(silhouette_score(rows[picked], labels[picked]))


def fit_centres(rows: Floats, before: int | None = None) -> Floats:
    """Return the centres of groups of like rows, the largest group first.

    Args:
        rows: on one scale; more of them than `MOST`.
        before: number of groups of the last time, which is kept unless another one is
            better by `MARGIN`.
    """
    from sklearn.cluster import KMeans

    sample = rows[_sample(len(rows), _FITTED)]
    found: dict[int, Floats] = {}
    merit: dict[int, float] = {}
    for count in range(FEWEST, MOST + 1):
        centres = KMeans(count, n_init=4, random_state=0).fit(sample).cluster_centers_
        found[count] = centres
        merit[count] = silhouette(rows, nearest(rows, centres))
    best = max(merit, key=lambda count: merit[count])
    if before in merit and merit[best] < merit[before] + MARGIN:
        best = before
    sizes = np.bincount(nearest(rows, found[best]), minlength=best)
    return found[best][np.argsort(-sizes, kind="stable")]


def match(centres: Floats, before: Floats) -> dict[int, int]:
    """Return which centre is which of before: those nearest to each other in all.

    A centre that has moved further than half the way to its next neighbour is another.
    """
    from scipy.optimize import linear_sum_assignment

    if not len(before):
        return {}
    moved = np.linalg.norm(centres[:, None] - before[None], axis=2)
    apart = np.linalg.norm(centres[:, None] - centres[None], axis=2)
    np.fill_diagonal(apart, np.inf)
    pairs = zip(*linear_sum_assignment(moved), strict=True)
    return {
        int(new): int(old)
        for new, old in pairs
        if moved[new, old] <= apart[new].min() / 2
    }


def name_centre(
    centre: Floats, sides: Sequence[tuple[str, str]], taken: set[str]
) -> str:
    """Return a name by what sets a group apart most, in two words or in more if taken.

    Args:
        centre: on one scale.
        sides: of each column, what less of it is called, and what more.
        taken: names of other groups.
    """
    words = [
        sides[column][int(centre[column] > 0)]
        for column in np.argsort(-np.abs(centre), kind="stable")
    ]
    names = (
        ", ".join(words[:count]).capitalize() for count in range(2, len(words) + 1)
    )
    return next((name for name in names if name not in taken), ", ".join(words))


def _sample(count: int, most: int) -> Labels:
    """Return the numbers of some rows, spread evenly over all."""
    return np.unique(np.linspace(0, count - 1, min(count, most)).astype(np.intp))
