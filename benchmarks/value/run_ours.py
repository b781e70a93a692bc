"""BG/NBD of this project, for compare.py."""

from dataclasses import asdict

from measured import WEEKS, compare

from orchestration.scores.buying import BuyingModel, Histories, fit_buying


def _histories(of: dict[str, list[float]]) -> Histories:
    return Histories.of(of["frequency"], of["recency"], of["age"])


def _fit(customers: dict[str, list[float]]) -> tuple[BuyingModel, dict[str, float]]:
    model = fit_buying(_histories(customers))
    parameters = asdict(model)
    parameters.pop("log_likelihood")
    return model, parameters


compare(_fit, lambda model, many: model.expected_purchases(_histories(many), WEEKS))
