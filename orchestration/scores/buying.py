"""How often a customer buys again: the BG/NBD model.

While active, a customer buys at a rate of his own; after each purchase he drops out
with a chance of his own. Rates are spread over customers as gamma(r, alpha), chances as
beta(a, b). Fader, Hardie and Lee, "Counting Your Customers the Easy Way: An Alternative
to the Pareto/NBD Model", Marketing Science 24 (2005); equation numbers are theirs.

Belongs here: the likelihood and what follows from it. Does not belong here: where the
purchases come from, and what an order is worth (`spending.py`).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import betaln, expit, gammaln, hyp2f1, psi

from orchestration.scores.likelihood import (
    Floats,
    TooLittleHistoryError,
    most_likely,
)


@dataclass(frozen=True)
class Histories:
    """What is known of customers' purchases; arrays of one length, one unit of time.

    Attributes:
        repeats: purchases after the first one.
        recency: time from the first purchase to the last one; 0 without a repeat.
        age: time from the first purchase to the end of what was observed.
    """

    repeats: Floats
    recency: Floats
    age: Floats

    @classmethod
    def of(cls, repeats: ArrayLike, recency: ArrayLike, age: ArrayLike) -> Histories:
        """Make one of anything that numpy reads."""
        return cls(*(np.asarray(values, float) for values in (repeats, recency, age)))


@dataclass(frozen=True)
class BuyingModel:
    """Fitted parameters of BG/NBD; times are in the unit that it was fitted in."""

    r: float
    alpha: float
    a: float
    b: float
    log_likelihood: float

    def probability_active(self, of: Histories) -> Floats:
        """Return the chance that each customer has not dropped out (equation 11).

        A customer without a repeat counts as active: he can only drop out at one.
        """
        return expit(-self._log_odds_of_dropout(of))

    def expected_purchases(self, of: Histories, horizon: float) -> Floats:
        """Return the purchases expected of each customer in the next time `horizon`.

        That is equation 10; the horizon begins where what was observed ends.
        """
        x, age = of.repeats, of.age
        share = (self.alpha + age) / (self.alpha + age + horizon)
        whole = self.a + self.b + x - 1
        tail = share ** (self.r + x) * hyp2f1(self.r + x, self.b + x, whole, 1 - share)
        return whole / (self.a - 1) * (1 - tail) * self.probability_active(of)

    def _log_odds_of_dropout(self, of: Histories) -> Floats:
        x = of.repeats
        with np.errstate(divide="ignore"):
            odds = (
                np.log(self.a)
                - np.log(self.b + np.maximum(x, 1) - 1)
                + (self.r + x)
                * np.log((self.alpha + of.age) / (self.alpha + of.recency))
            )
        return np.where(x > 0, odds, -np.inf)


def fit_buying(of: Histories) -> BuyingModel:
    """Find the parameters under which the histories are the most likely (equation 6).

    Customers of one history are counted once, with their number, so that the work grows
    with the different histories and not with the customers.

    Raises:
        TooLittleHistoryError: nobody bought twice, or no optimum was found.
    """
    if not np.any(of.repeats > 0):
        raise TooLittleHistoryError("nobody has bought twice yet")
    rows, counts = np.unique(
        np.column_stack([of.repeats, of.recency, of.age]), axis=0, return_counts=True
    )
    x, recency, age = rows.T
    again = x > 0
    # The unit of time is chosen so that parameters are near 1 wherever the fit starts.
    unit = age.max()
    recency, age = recency / unit, age / unit

    def of_the_mean_customer(parameters: Floats) -> tuple[float, Floats]:
        r, alpha, a, b = parameters
        later = np.maximum(b + x - 1, 1e-300)
        active = -(r + x) * np.log(alpha + age)
        gone = np.where(
            again,
            np.log(a) - np.log(later) - (r + x) * np.log(alpha + recency),
            -np.inf,
        )
        either = np.logaddexp(active, gone)
        is_gone = np.exp(gone - either)
        is_active = 1 - is_gone
        value = (
            gammaln(r + x)
            - gammaln(r)
            + r * np.log(alpha)
            + betaln(a, b + x)
            - betaln(a, b)
            + either
        )
        slopes = np.array(
            [
                psi(r + x)
                - psi(r)
                + np.log(alpha)
                - is_active * np.log(alpha + age)
                - is_gone * np.log(alpha + recency),
                r / alpha
                - (r + x) * (is_active / (alpha + age) + is_gone / (alpha + recency)),
                psi(a + b) - psi(a + b + x) + is_gone / a,
                psi(a + b) - psi(a + b + x) + psi(b + x) - psi(b) - is_gone / later,
            ]
        )
        return float(share @ value), slopes @ share

    share = counts / counts.sum()
    (r, alpha, a, b), log_likelihood = most_likely(of_the_mean_customer, 4)
    # In the unit of time that was given, and of all customers.
    log_likelihood = float(counts @ (log_likelihood - x * np.log(unit)))
    return BuyingModel(r, alpha * float(unit), a, b, log_likelihood)
