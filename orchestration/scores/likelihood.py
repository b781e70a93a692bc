"""Finding the positive parameters under which what was observed is the most likely."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

Floats = NDArray[np.float64]

_BOUND = 9.0  # of the logarithm of a parameter, either way
_FLAT = 1e-4
"""Slope at which the best parameters are found. Whether the optimiser calls itself
successful depends on the last bits of its line search."""


class TooLittleHistoryError(ValueError):
    """The purchases do not tell the parameters of a model."""


def most_likely(
    mean_log_likelihood: Callable[[Floats], tuple[float, Floats]], count: int
) -> tuple[list[float], float]:
    """Climb from parameters of 1, by L-BFGS-B on their logarithms.

    Args:
        mean_log_likelihood: gives, at some parameters, the log-likelihood of the mean
            customer and its slope along each of them. Of the mean, so that what counts
            as converged fits any number of customers.
        count: number of parameters; they should be of the order of 1.

    Returns:
        The parameters, and the value at them.

    Raises:
        TooLittleHistoryError: there is no optimum within reach.
    """

    def descent(logs: Floats) -> tuple[float, Floats]:
        parameters = np.exp(logs)
        value, slopes = mean_log_likelihood(parameters)
        return -value, -slopes * parameters

    best = minimize(
        descent,
        np.zeros(count),
        jac=True,
        method="L-BFGS-B",
        bounds=[(-_BOUND, _BOUND)] * count,
        options={"maxiter": 500, "ftol": 1e-14, "gtol": 1e-8},
    )
    if np.abs(best.jac).max() > _FLAT:
        raise TooLittleHistoryError(f"no best parameters were found ({best.message})")
    return [float(value) for value in np.exp(best.x)], -float(best.fun)
