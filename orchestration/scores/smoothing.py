"""Level, trend and season of a series, and where they lead: exponential smoothing.

The model ETS(A,Ad,A): additive error, damped trend, additive season. Hyndman, Koehler,
Ord and Snyder, "Forecasting with Exponential Smoothing" (2008); chapter 2 has the
recursion and chapter 6 the variance. All parameters of a grid are run at once, so that
a series takes hundredths of a second; statsmodels, which climbs to the best ones, took
thirty times as long on one scale, for errors that differed by a tenth either way.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import product

import numpy as np
from scipy.special import stdtrit

from orchestration.scores.likelihood import Floats

_FITTED = 4  # start, alpha, beta and phi; seasons fit gamma too
_Z80 = 1.2816  # either side of eight tenths of a normal distribution
_GRID = np.array(
    [
        (alpha, alpha * beta, (1 - alpha) * gamma, phi)
        for alpha, beta, gamma, phi in product(
            (0.02, 0.05, 0.1, 0.2, 0.3, 0.5, 0.8),
            (0.0, 0.02, 0.1, 0.3),
            (0.0, 0.05, 0.1, 0.2, 0.4),
            (0.9, 0.98),
        )
    ]
).T


@dataclass(frozen=True)
class Scale:
    """A scale on which a series may be smoothed, so that its errors are of one size.

    Attributes:
        name: of the scale.
        to: from the values of the series.
        back: to them.
        slope: logarithm of what `to` makes of a small step, at each value.
    """

    name: str
    to: Callable[[Floats], Floats]
    back: Callable[[Floats], Floats]
    slope: Callable[[Floats], Floats]


# Anscombe (1948) adds three eighths to a count; of money that is nothing.
_SHIFT = 0.375
AS_IS = Scale("as_is", np.copy, np.copy, np.zeros_like)
ROOT = Scale(
    "root",
    lambda x: np.sqrt(x + _SHIFT),
    lambda y: np.maximum(y, 0) ** 2 - _SHIFT,
    lambda x: -0.5 * np.log(4 * (x + _SHIFT)),
)
LOG = Scale(
    "log",
    lambda x: np.log(x + _SHIFT),
    lambda y: np.exp(y) - _SHIFT,
    lambda x: -np.log(x + _SHIFT),
)


@dataclass(frozen=True)
class Smoothed:
    """A series taken apart, and the end from which it goes on.

    Attributes:
        level: of each period, season taken out.
        season: what the period adds to its level by its place in the cycle.
        scale: on which the series was smoothed, and the attributes below are told.
        end: the last level.
        trend: what the level gains in a period, at the end.
        next_season: of the periods after the end, one cycle.
        parameters: alpha, beta, gamma and phi of the recursion.
        deviation: of the errors of forecasts of the next period.
        degrees: of freedom, errors that it was told from less what was fitted to them.
        likelihood: logarithm of how likely the series is under all this, but for what
            is equal on every scale.
    """

    level: Floats
    season: Floats
    scale: Scale
    end: float
    trend: float
    next_season: Floats
    parameters: tuple[float, float, float, float]
    deviation: float
    degrees: int
    likelihood: float

    def forecast(self, periods: int) -> tuple[Floats, Floats, Floats]:
        """Return the median of the next periods, and the ends of its 80 % interval.

        Few errors tell a deviation badly, and those that parameters were fitted to are
        too small; Student's t on the degrees that are left answers for both.
        """
        alpha, beta, gamma, phi = self.parameters
        ahead = np.arange(1, periods + 1)
        damped = np.cumsum(phi**ahead)
        cycle = len(self.next_season)
        middle = (
            self.end
            + damped * self.trend
            + self.next_season[np.arange(periods) % cycle]
        )
        passed_on = alpha + beta * damped + gamma * (ahead % cycle == 0)
        variance = 1 + np.r_[0, np.cumsum(passed_on**2)[:-1]]
        width = stdtrit(self.degrees, 0.9) * self.deviation * np.sqrt(variance)
        back = self.scale.back
        return back(middle), back(middle - width), back(middle + width)


def smooth(series: Floats, cycle: int) -> Smoothed:
    """Take a series apart on the scale, and under the parameters, that suit it best.

    What grows in proportion has errors and seasons that grow with it: on the scale of
    logarithms they are of one size, and those of counts on that of roots. The scale
    under which the series is likeliest is taken (Box and Cox 1964); values below 0
    have the plain one only.

    Args:
        series: values in order; nan where one is missing.
        cycle: periods after which seasons repeat; 1 without seasons. The series must be
            at least two cycles long.
    """
    scales = (AS_IS, ROOT, LOG) if np.nanmin(series) >= 0 else (AS_IS,)
    return max(
        (_smooth_on(scale, series, cycle) for scale in scales),
        key=lambda smoothed: smoothed.likelihood,
    )


def _smooth_on(scale: Scale, series: Floats, cycle: int) -> Smoothed:
    """Take a series apart under the parameters that forecast its own past best."""
    alpha, beta, gamma, phi = _GRID
    scaled = scale.to(series)
    known = scaled[: 4 * cycle] if cycle > 1 else scaled[:4]
    start = float(np.nanmean(known))
    level = np.full(_GRID.shape[1], start)
    trend = np.zeros(_GRID.shape[1])
    season = np.zeros((cycle, _GRID.shape[1]))
    if cycle > 1:
        for place in range(cycle):
            values = known[place::cycle]
            if not np.isnan(values).all():
                season[place] = np.nanmean(values) - start
    else:
        gamma = gamma * 0
    levels, seasons, errors = (np.zeros((len(scaled), len(alpha))) for _ in range(3))
    for t, value in enumerate(scaled):
        place = t % cycle
        before = level + phi * trend
        error = value - before - season[place]
        errors[t] = error
        error = np.nan_to_num(error)
        level = before + alpha * error
        trend = phi * trend + beta * error
        season[place] += gamma * error
        levels[t], seasons[t] = level, season[place]
    # The first errors say how good the start was, not the parameters.
    counted = slice(min(cycle, len(series) // 2), None)
    squared = np.nansum(errors[counted] ** 2, axis=0)
    best = int(squared.argmin())
    cases = int(np.isfinite(scaled[counted]).sum())
    degrees = max(cases - _FITTED - (cycle > 1), 1)
    ahead = (len(series) + np.arange(cycle)) % cycle
    found, together = levels[:, best], levels[:, best] + seasons[:, best]
    return Smoothed(
        scale.back(found),
        scale.back(together) - scale.back(found),
        scale,
        float(found[-1]),
        float(trend[best]),
        season[ahead, best],
        (float(alpha[best]), float(beta[best]), float(gamma[best]), float(phi[best])),
        float(np.sqrt(squared[best] / degrees)),
        degrees,
        float(
            np.nansum(scale.slope(series[counted]))
            - cases / 2 * np.log(max(squared[best], np.finfo(float).tiny))
        ),
    )


def same_season(
    series: Floats, cycle: int, periods: int
) -> tuple[Floats, Floats, Floats]:
    """Forecast what one would without a model: the last cycle, over and over.

    Returns:
        The next periods, and the ends of their 80 % interval; missing values are taken
        from the period before them.
    """
    places = np.where(np.isnan(series), 0, np.arange(len(series)))
    whole = series[np.maximum.accumulate(places)]
    mean = whole[-cycle:][np.arange(periods) % cycle]
    changes = whole[cycle:] - whole[:-cycle]
    deviation = np.sqrt(np.nanmean(changes**2)) if len(changes) else 0.0
    width = _Z80 * deviation * np.sqrt(1 + np.arange(periods) // cycle)
    return mean, mean - width, mean + width
