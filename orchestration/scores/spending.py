"""What a purchase of a customer is worth: the Gamma-Gamma model.

The worth of a customer's purchases varies around a mean of his own, and the means are
spread over customers. Fader and Hardie, "The Gamma-Gamma Model of Monetary Value"
(2013); equation numbers are theirs. It assumes that who buys more often does not spend
more or less at a time.

Belongs here: the likelihood and what follows from it. Does not belong here: how often
somebody buys (`buying.py`).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import gammaln, psi

from orchestration.scores.likelihood import (
    Floats,
    TooLittleHistoryError,
    most_likely,
)

_FEWEST = 10  # customers who bought again, below which three parameters mean nothing


@dataclass(frozen=True)
class SpendingModel:
    """Fitted parameters of Gamma-Gamma; `v` is in the unit of the money."""

    p: float
    q: float
    v: float
    log_likelihood: float

    def expected_value(self, purchases: Floats, mean_value: Floats) -> Floats:
        """Return the mean worth of future purchases of each customer (equation 5).

        Args:
            purchases: purchases that the mean is of; 0 gives the mean of all customers.
            mean_value: mean worth of them; of no account where there are none.
        """
        known = np.where(purchases > 0, purchases * mean_value, 0.0)
        return self.p * (self.v + known) / (self.p * purchases + self.q - 1)


def fit_spending(purchases: Floats, mean_value: Floats) -> SpendingModel:
    """Find the parameters under which the means are the most likely (equation 1a).

    Customers without a purchase of positive worth say nothing and are left out.

    Raises:
        TooLittleHistoryError: too few customers, or no optimum with a finite mean.
    """
    telling = (purchases > 0) & (mean_value > 0)
    x, mean = purchases[telling], mean_value[telling]
    if len(x) < _FEWEST:
        raise TooLittleHistoryError(f"only {len(x)} customers have bought again")
    unit = float(np.mean(mean))
    z = mean / unit
    log_z, log_x = np.log(z), np.log(x)

    def of_the_mean_customer(parameters: Floats) -> tuple[float, Floats]:
        p, q, v = parameters
        log_sum = np.log(v + x * z)
        value = (
            gammaln(p * x + q)
            - gammaln(p * x)
            - gammaln(q)
            + q * np.log(v)
            + (p * x - 1) * log_z
            + p * x * log_x
            - (p * x + q) * log_sum
        )
        slopes = np.array(
            [
                x * (psi(p * x + q) - psi(p * x) + log_z + log_x - log_sum),
                psi(p * x + q) - psi(q) + np.log(v) - log_sum,
                q / v - (p * x + q) / (v + x * z),
            ]
        )
        return float(value.mean()), slopes.mean(axis=1)

    (p, q, v), log_likelihood = most_likely(of_the_mean_customer, 3)
    if q <= 1:
        raise TooLittleHistoryError(
            "the worth of purchases is spread too widely for a mean to exist"
        )
    # In the unit of money that was given, and of all customers.
    log_likelihood = len(x) * (log_likelihood - float(np.log(unit)))
    return SpendingModel(p, q, v * unit, log_likelihood)
