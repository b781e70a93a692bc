"""BG/NBD of pymc-marketing at the maximum a posteriori, for compare.py."""

from typing import Any

import pandas as pd
from measured import WEEKS, compare
from pymc_marketing.clv import BetaGeoModel


def _rows(of: dict[str, list[float]]) -> pd.DataFrame:
    return pd.DataFrame(of).rename(columns={"age": "T"})


def _fit(customers: dict[str, list[float]]) -> tuple[BetaGeoModel, dict[str, float]]:
    model = BetaGeoModel(data=_rows(customers))
    model.build_model()
    model.fit(method="map", progressbar=False)
    found = model.posterior if hasattr(model, "posterior") else model.idata.posterior
    return model, {name: float(found[name].mean()) for name in ("r", "alpha", "a", "b")}


def _score(model: BetaGeoModel, many: dict[str, list[float]]) -> Any:
    return model.expected_purchases(data=_rows(many), future_t=WEEKS).values.ravel()


compare(_fit, _score, times=3)
