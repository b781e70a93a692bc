"""A classifier whose chances can be believed and explained: calibrated and linear.

Belongs here: fitting it, its chances and what each column adds to them, and how far
chances are from what came. Does not belong here: what is classified, and from what.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from orchestration.scores.backtest import Measure
from orchestration.scores.likelihood import Floats

if TYPE_CHECKING:
    from sklearn.calibration import CalibratedClassifierCV
    from sklearn.pipeline import Pipeline

_FOLDS = 5
_FEWEST = 50
"""Cases of either outcome, below which a dozen coefficients mean nothing."""
_FEWEST_FOR_ISOTONIC = 1000
"""Below, a free curve follows chance; a sigmoid has two parameters (Niculescu-Mizil
and Caruana 2005)."""
_MOST = 200_000
"""Cases that are fitted; more would not move a coefficient by a hundredth."""
_BINS = 10
_PRIOR = 0.1
"""Standard deviation that a coefficient is expected to have. It holds two hundred cases
back from following chance, and does nothing to a hundred thousand."""


class TooFewCasesError(ValueError):
    """There is too little of one outcome to tell what goes with it."""


@dataclass(frozen=True)
class Classifier:
    """A logistic regression on standardised columns, and a curve over its scores.

    Attributes:
        calibrated: both, as scikit-learn keeps them.
        cases: that it was fitted to.
    """

    calibrated: CalibratedClassifierCV
    cases: int

    @property
    def _linear(self) -> Pipeline:
        return self.calibrated.calibrated_classifiers_[0].estimator

    @property
    def coefficients(self) -> Floats:
        """Log-odds that a standard deviation of each column adds."""
        return self._linear[-1].coef_[0]

    def chances(self, columns: Floats) -> Floats:
        """Return the chance of the outcome for each row of `columns`.

        What never came in n cases is taken for one in n, not for impossible.
        """
        chances = self.calibrated.predict_proba(columns)[:, 1]
        return np.clip(chances, 1 / self.cases, 1 - 1 / self.cases)

    def contributions(self, columns: Floats) -> Floats:
        """Return the log-odds that each value adds over the mean of its column."""
        return self._linear[0].transform(columns) * self.coefficients


def fit_classifier(columns: Floats, outcome: Floats) -> Classifier:
    """Fit one to cases: a row of `columns` each, and whether it came (0 or 1).

    The curve from scores to chances is fitted to scores of cases that the regression
    was not shown (five folds), or chances would be too bold.

    Raises:
        TooFewCasesError: fewer than 50 cases of either outcome.
    """
    from sklearn.calibration import CalibratedClassifierCV
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    fewest = min(outcome.sum(), len(outcome) - outcome.sum())
    if fewest < _FEWEST:
        raise TooFewCasesError(f"only {fewest:.0f} cases of the rarer outcome")
    # A step through the cases, which are in the order of their ids, is a fair sample.
    step = -(-len(outcome) // _MOST)
    columns, outcome = columns[::step], outcome[::step]
    method = "isotonic" if len(outcome) >= _FEWEST_FOR_ISOTONIC else "sigmoid"
    linear = make_pipeline(
        StandardScaler(), LogisticRegression(C=_PRIOR**2, max_iter=1000)
    )
    calibrated = CalibratedClassifierCV(
        linear, method=method, cv=_FOLDS, ensemble=False
    )
    return Classifier(calibrated.fit(columns, outcome), len(outcome))


def calibration_error(outcome: Floats, chances: Floats) -> float:
    """Return the expected calibration error: what chances are off by on average.

    Cases are cut into ten of equal number by their chance; in each, the mean chance is
    held against the share that came (Naeini et al. 2015).
    """
    order = np.argsort(chances, kind="stable")
    return float(
        sum(
            abs(outcome[part].sum() - chances[part].sum())
            for part in np.array_split(order, _BINS)
        )
        / len(outcome)
    )


def ranking_quality(outcome: Floats, chances: Floats) -> float:
    """Return the area under the ROC curve; 0.5 if there is but one outcome."""
    from sklearn.metrics import roc_auc_score

    if outcome.min() == outcome.max():
        return 0.5
    return float(roc_auc_score(outcome, chances))


def measure_chances(
    target: str, outcome: Floats, model: Floats, baseline: Floats
) -> list[Measure]:
    """Measure two sets of chances of `target`; the Brier score decides.

    It rewards just the honest chance: neither a good order with chances that are off
    (auc), nor the same chance for everybody (ece) gets far by it.
    """

    def figures(chances: Floats) -> dict[str, float]:
        return {
            "brier": float(((chances - outcome) ** 2).mean()),
            "ece": calibration_error(outcome, chances),
            "auc": ranking_quality(outcome, chances),
        }

    def is_better(metric: str) -> bool:
        gain = values[metric] - baseline_values[metric]
        return gain > 0 if metric == "auc" else gain < 0

    values, baseline_values = figures(model), figures(baseline)
    return [
        Measure(
            target,
            metric,
            len(outcome),
            values[metric],
            baseline_values[metric],
            is_better(metric),
            metric == "brier",
        )
        for metric in values
    ]
