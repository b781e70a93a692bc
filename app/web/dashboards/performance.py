"""How good the forecasts are: each score beside what one would say without it.

Belongs here: verdicts on scores, and what models and metrics are called. Does not
belong here: judging them (orchestration/scores).
"""

from __future__ import annotations

import pandas as pd
import streamlit as st

from app.web.figures import NO, YES, count, heading, nothing, sentence
from app.web.marts import rows
from app.web.text import listing

_PERFORMANCE = """
select score, target, model, metric, value, baseline, baseline_value, is_better, cases
from marts.model_performance
where decides
qualify row_number() over (
    partition by score, target, metric order by measured_at desc
) = 1
order by score, target
"""
_MODELS = {
    "bg_nbd_gamma_gamma": "BG/NBD and gamma-gamma",
    "calibrated_logistic_regression": "calibrated logistic regression",
    "distance_from_own_usual": "distance from their own usual",
    "distance_from_everybody": "distance from everybody",
    "groups_by_spend": "groups by spend",
    "item_to_item": "bought together (item to item)",
    "k_means": "k-means",
    "last_period": "the last 90 days again",
    "majority": "the commonest label",
    "own_hours_shrunk": "their own hours, shrunk to all",
    "seasonal_naive": "as the season before",
    "share_lapsed_at_that_recency": "share lapsed at that recency",
    "words_logistic": "logistic regression on words",
}
# How to read a metric: its name, how it is written, and which way is better.
_METRICS = {
    "brier": ("Brier score", ".3f", "lower"),
    "mae": ("mean absolute error", ",.1f", "lower"),
    "rmse": ("root mean squared error", ".3f", "lower"),
    "macro_f1": ("macro F1", ".3f", "higher"),
    "precision": ("precision", ".1%", "higher"),
    "recall_at_5": ("recall among 5", ".1%", "higher"),
    "share_within_an_hour": ("share within an hour", ".1%", "higher"),
    "silhouette": ("silhouette", ".3f", "higher"),
}


def model_name(model: str) -> str:
    """Return what people call a model."""
    return _MODELS.get(model, model.replace("_", " "))


def model_performance(scores: tuple[str, ...] = ()) -> None:
    """List how forecasts did against guessing, and which of the two is used.

    Args:
        scores: Marts to tell of; by default all.
    """
    heading(
        "Do the models beat guessing?",
        "Each score is judged on a period it was not shown, against what one would "
        "say without it; the loser of the deciding metric is not used.",
        "model_performance",
    )
    found = rows(_PERFORMANCE)
    if scores:
        found = found[found["score"].isin(scores)]
    if found.empty:
        nothing("No score has been judged: there is too little history to hold out.")
        return
    is_trend = found["score"] == "trends"
    _list(found[~is_trend])
    if is_trend.any():
        won = count(found[is_trend]["is_better"].sum())
        of = count(is_trend.sum())
        with st.expander(f"Trends: {won} of {of} beat the season before"):
            _list(found[is_trend])


def _list(found: pd.DataFrame) -> None:
    listing(
        (_verdict(row) for row in found.to_dict("records")),
        {
            "score": "Score",
            "target": "Of",
            "verdict": "Used",
            "metric": "Judged by",
            "model": "Model",
            "baseline": "Baseline",
            "cases": "Cases",
        },
        caption="Verdicts on the scores",
    )


def _verdict(row: dict) -> dict:
    name, number, better = _METRICS.get(
        row["metric"], (row["metric"].replace("_", " "), ".3f", "")
    )
    return {
        "score": sentence(row["score"]),
        "target": sentence(row["target"]),
        "verdict": f"{YES} model" if row["is_better"] else f"{NO} baseline",
        "metric": f"{name}, {better} is better" if better else name,
        "model": f"{row['value']:{number}} by {model_name(row['model'])}",
        "baseline": (
            f"{row['baseline_value']:{number}} by {model_name(row['baseline'])}"
        ),
        "cases": count(row["cases"]),
    }
