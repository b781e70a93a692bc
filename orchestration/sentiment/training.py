"""Learning what words say of a feeling: multinomial logistic regression on a lexicon.

Belongs here: the fit, its figures on what was held out, and the file of weights. Does
not belong here: reading corpora (`corpora.py`) and the page about the model.

A word is worth its valence in the lexicon, times a factor that is learnt, plus what the
texts say beyond that. The sum is one number a word, so that scoring is a sum.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
from numpy.typing import NDArray

from orchestration.scores.text_features import text_features
from orchestration.scores.text_sentiment import (
    Confusion,
    accuracy,
    always_the_commonest,
    macro_f1,
    score_texts,
)

LABELS = ("negative", "neutral", "positive")
_FEWEST_TEXTS = 5
"""Texts that a feature must be in for the corpora to have a say about it."""

_FEWEST_KNOWN = 3
"""Texts that a word must be in to count as English."""

_DOMAIN_WEIGHT = 5000.0
"""Each domain counts as so many texts, however many it has, against the penalty."""

_KEPT_PAIRS = 5000
"""Pairs and negated words in the file: those that move a text the most."""

_LEXICON_SCALE = 10.0
"""Makes the factor of the lexicon next to free of the penalty on weights."""


@dataclass(frozen=True)
class Figures:
    """How well labels agree with those of people, on texts of one domain."""

    domain: str
    method: str
    texts: int
    accuracy: float
    macro_f1: float


def learn_weights(
    connection: duckdb.DuckDBPyConnection, lexicon: dict[str, float], path: Path
) -> None:
    """Learn from the table corpus, but for what is held out, and write the weights.

    Args:
        connection: holds the table corpus of `corpora.read_corpus`.
        lexicon: valence of words.
        path: CSV to write: feature, and what it adds to negative and to positive.
    """
    connection.execute(
        f"""
        create or replace temp table learnt_features as
        {text_features("(select * from corpus where not is_held)")}
        """
    )
    features, weights, constant = _fit(connection, lexicon)
    valence = np.array([lexicon.get(feature, 0.0) for feature in features])
    texts = _texts_with(connection, features)
    is_single = np.array([" " not in feature for feature in features])
    effect = np.abs(weights).max(axis=1) * np.sqrt(texts + 1)
    pairs = np.flatnonzero(~is_single & ((valence != 0) | (texts >= _FEWEST_TEXTS)))
    kept = set(pairs[np.argsort(-effect[pairs])][:_KEPT_PAIRS])
    rows = [
        (feature, *weights[i])
        for i, feature in enumerate(features)
        if is_single[i] or i in kept
    ]
    known = connection.execute(
        """
        select word from learnt_features
        where word is not null
        group by word having count(distinct text_id) >= $fewest
        """,
        {"fewest": _FEWEST_KNOWN},
    ).fetchall()
    weighed = set(features)
    rows += [(word, 0.0, 0.0) for (word,) in known if word not in weighed]
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(("feature", "negative", "positive"))
        for feature, negative, positive in [("", *constant), *sorted(rows)]:
            writer.writerow((feature, f"{negative:.2f}", f"{positive:.2f}"))


def _fit(
    connection: duckdb.DuckDBPyConnection, lexicon: dict[str, float]
) -> tuple[list[str], NDArray[np.float64], NDArray[np.float64]]:
    """Return the features, their two weights each, and the constants."""
    from scipy import sparse
    from sklearn.linear_model import LogisticRegression

    common = connection.execute(
        """
        select feature from learnt_features
        inner join corpus using (text_id)
        where label is not null
        group by feature having count(distinct text_id) >= $fewest
        """,
        {"fewest": _FEWEST_TEXTS},
    ).fetchall()
    features = sorted({feature for (feature,) in common} | set(lexicon))
    connection.execute("create or replace temp table columns (feature varchar, j int)")
    connection.execute(
        "insert into columns select unnest($f), unnest(range(len($f)))",
        {"f": features},
    )
    cells = connection.execute(
        """
        with

        texts as (

            select text_id, row_number() over (order by text_id) - 1 as i
            from corpus
            where not is_held and label is not null

        ),

        sizes as (

            select text_id, count(*) as size from learnt_features group by text_id

        )

        select texts.i, columns.j, 1 / sqrt(sizes.size) as x
        from learnt_features
        inner join texts using (text_id)
        inner join sizes using (text_id)
        inner join columns using (feature)
        """
    ).fetchnumpy()
    labels = connection.execute(
        """
        select domain, label from corpus
        where not is_held and label is not null
        order by text_id
        """
    ).fetchnumpy()
    domains = np.asarray(labels["domain"], dtype=str)
    stated = np.asarray(labels["label"], dtype=str)
    matrix: Any = sparse.csr_matrix(
        (cells["x"], (cells["i"], cells["j"])), shape=(len(stated), len(features))
    )
    valence = np.array([lexicon.get(feature, 0.0) for feature in features])
    prior = sparse.csr_matrix((matrix @ valence)[:, None] * _LEXICON_SCALE)
    model = LogisticRegression(max_iter=300, tol=1e-3)
    model.fit(
        sparse.hstack([matrix, prior]).tocsr(),
        stated,
        sample_weight=_weights(domains, stated),
    )
    assert tuple(model.classes_) == LABELS
    by_label = model.coef_[:, :-1].T + np.outer(
        valence, model.coef_[:, -1] * _LEXICON_SCALE
    )
    weights = by_label - by_label[:, [1]]
    constants = model.intercept_ - model.intercept_[1]
    return features, weights[:, [0, 2]], constants[[0, 2]]


def _weights(
    domains: NDArray[np.str_], labels: NDArray[np.str_]
) -> NDArray[np.float64]:
    """Return what each text counts: domains the same, rare labels more, by a root."""
    weights = np.zeros(len(labels))
    for domain in np.unique(domains):
        here = domains == domain
        for label in LABELS:
            these = here & (labels == label)
            weights[these] = 1 / np.sqrt(max(these.sum(), 1))
        weights[here] *= _DOMAIN_WEIGHT / weights[here].sum()
    return weights


def _texts_with(
    connection: duckdb.DuckDBPyConnection, features: list[str]
) -> NDArray[np.int64]:
    """Return how many of the learnt texts each feature is in."""
    counts = dict(
        connection.execute(
            """
            select feature, count(distinct text_id) from learnt_features
            group by feature
            """
        ).fetchall()
    )
    return np.array([counts.get(feature, 0) for feature in features])


def measure_weights(connection: duckdb.DuckDBPyConnection, path: Path) -> list[Figures]:
    """Measure weights on the texts that were held out, beside the commonest label.

    Texts that do not pass as English have no label; they count as neutral here.
    """
    score_texts(connection, "(select * from corpus where is_held)", path)
    found = connection.execute(
        """
        select domain, corpus.label, replace(found.label, 'unknown', 'neutral')
        from scored_texts as found
        inner join corpus using (text_id)
        where corpus.label is not null
        """
    ).fetchall()
    figures = []
    for domain, counts in _by_domain(found).items():
        naive = always_the_commonest(counts)
        figures += [_figures(domain, "commonest label", naive)]
        figures += [_figures(domain, "these weights", counts)]
    return figures


def measure_library(connection: duckdb.DuckDBPyConnection) -> list[Figures]:
    """Measure VADER, with the thresholds of its authors, on the texts held out."""
    from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

    judge = SentimentIntensityAnalyzer()

    def label(body: str) -> str:
        compound = judge.polarity_scores(body)["compound"]
        if abs(compound) < 0.05:
            return "neutral"
        return "positive" if compound > 0 else "negative"

    held = connection.execute(
        "select domain, label, body from corpus where is_held and label is not null"
    ).fetchall()
    found = [(domain, stated, label(body)) for domain, stated, body in held]
    return [
        _figures(domain, "VADER", counts)
        for domain, counts in _by_domain(found).items()
    ]


def share_understood(connection: duckdb.DuckDBPyConnection, path: Path) -> float:
    """Return the share of held-out English texts that pass as English."""
    score_texts(connection, "(select * from corpus where is_held)", path)
    rows = connection.execute(
        "select avg(cast(language = 'en' as integer)) from scored_texts"
    ).fetchall()
    return float(rows[0][0])


def _by_domain(rows: list[tuple[str, str, str]]) -> dict[str, Confusion]:
    found: dict[str, Confusion] = {}
    for domain, stated, label in sorted(rows):
        counts = found.setdefault(domain, {})
        counts[stated, label] = counts.get((stated, label), 0) + 1
    return found


def _figures(domain: str, method: str, counts: Confusion) -> Figures:
    return Figures(
        domain, method, sum(counts.values()), accuracy(counts), macro_f1(counts)
    )
