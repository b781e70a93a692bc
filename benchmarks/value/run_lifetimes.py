"""BG/NBD of lifetimes, for compare.py."""

import pandas as pd
from lifetimes import BetaGeoFitter
from measured import WEEKS, compare


def _fit(customers: dict[str, list[float]]) -> tuple[BetaGeoFitter, dict[str, float]]:
    rows = pd.DataFrame(customers)
    model = BetaGeoFitter().fit(rows["frequency"], rows["recency"], rows["age"])
    return model, dict(model.params_)


def _score(model: BetaGeoFitter, many: dict[str, list[float]]) -> pd.Series:
    rows = pd.DataFrame(many)
    return model.conditional_expected_number_of_purchases_up_to_time(
        WEEKS, rows["frequency"], rows["recency"], rows["age"]
    )


compare(_fit, _score)
