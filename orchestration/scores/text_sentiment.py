"""How people feel in what they write: the score `text_sentiment`.

Belongs here: scoring texts by the shipped weights, each different text once, and how
far that agrees with scores that writers gave themselves. Does not belong here: what a
text consists of (`text_features.py`), learning weights (`orchestration/sentiment`).
"""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from hashlib import sha256
from pathlib import Path

import duckdb

from orchestration.scores.backtest import Measure
from orchestration.scores.score import Learnt, Score
from orchestration.scores.text_features import text_features

Confusion = dict[tuple[str, str], int]
"""How many texts there are of a stated label and of the label that they were given."""

MODEL = "words_logistic"
BASELINE = "majority"
WEIGHTS = Path(__file__).with_name("sentiment_weights.csv")
"""What a feature adds to the log odds of negative and of positive against neutral. The
empty feature is the constant. A single word in it, of whatever weight, is known."""

KNOWN_SHARE = 0.7
"""Share of different words that must be known for a text to pass as English: at .7, one
in a hundred messages in other languages does and 1 in 25 English ones does not."""

FEWEST_MEASURED = 30
"""Answers with a score below which agreement with them says nothing."""

_SCORED = """
create or replace temp table scored_texts as
with

weights as (

    select * from read_csv(
        $weights,
        header = true,
        -- Exact sums: the score of a text does not hang on what is scored beside it.
        columns = {{
            'feature': 'varchar',
            'negative': 'decimal(9, 2)',
            'positive': 'decimal(9, 2)'
        }},
        nullstr = '-'
    )

),

odds as (

    select
        features.text_id,
        exp(
            any_value(cast(constant.negative as double))
            + coalesce(cast(sum(weights.negative) as double), 0) / sqrt(count(*))
        ) as negative,
        exp(
            any_value(cast(constant.positive as double))
            + coalesce(cast(sum(weights.positive) as double), 0) / sqrt(count(*))
        ) as positive
    from features
    cross join (select * from weights where feature = '') as constant
    left join weights on features.feature = weights.feature
    group by features.text_id

),

understood as (

    select
        words.text_id,
        avg(cast(weights.feature is not null as integer)) >= $known_share as is_english
    from (select distinct text_id, word from features where word is not null) as words
    left join weights on words.word = weights.feature
    group by words.text_id

)

select
    texts.text_id,
    if(understood.is_english, 'en', 'und') as language,
    case
        when not coalesce(understood.is_english, false) then 'unknown'
        when odds.negative > greatest(odds.positive, 1) then 'negative'
        when odds.positive > greatest(odds.negative, 1) then 'positive'
        else 'neutral'
    end as label,
    if(
        understood.is_english,
        (odds.positive - odds.negative) / (1 + odds.positive + odds.negative),
        null
    ) as score
from {texts} as texts
left join odds on texts.text_id = odds.text_id
left join understood on texts.text_id = understood.text_id
"""


def score_texts(
    connection: duckdb.DuckDBPyConnection, texts: str, weights: Path = WEIGHTS
) -> None:
    """Score texts into the temporary table scored_texts.

    Args:
        connection: to any database.
        texts: a relation with `text_id` and `body`.
        weights: what features are worth.
    """
    connection.execute(
        f"create or replace temp table features as {text_features(texts)}"
    )
    connection.execute(
        _SCORED.format(texts=texts),
        {"weights": str(weights), "known_share": KNOWN_SHARE},
    )
    connection.execute("drop table features")


def weights_version(weights: Path = WEIGHTS) -> str:
    """Return a digest of all that decides the score of a given text."""
    code = f"{_SCORED}{text_features('texts')}{KNOWN_SHARE}"
    return sha256(code.encode() + weights.read_bytes()).hexdigest()[:12]


def learn(connection: duckdb.DuckDBPyConnection) -> Learnt:
    """Score all texts; those that were scored by the same weights keep their score."""
    ((as_of,),) = connection.execute("select as_of from core.as_of").fetchall()
    version = weights_version()
    connection.execute(
        """
        create or replace temp table known_texts as
        select
            text_digest,
            any_value(language) as language,
            any_value(label) as label,
            any_value(score) as score
        from scores.text_sentiment
        where exists (
            select * from ops.score_models
            where
                score = 'text_sentiment'
                and model = $model
                and json_extract_string(parameters, '$.weights') = $version
        )
        group by text_digest
        """,
        {"model": MODEL, "version": version},
    )
    connection.execute(
        """
        create or replace temp table new_texts as
        select
            md5(body) as text_id,
            any_value(body) as body
        from features.texts
        where md5(body) not in (select text_digest from known_texts)
        group by md5(body)
        """
    )
    score_texts(connection, "new_texts")
    measures, days = _agreement(connection, as_of)
    is_worse = any(found.decides and not found.is_better for found in measures)
    return Learnt(
        model=BASELINE if is_worse else MODEL,
        candidate=MODEL,
        baseline=BASELINE,
        as_of=as_of,
        holdout_days=days,
        scores=connection.sql(
            f"""
            select
                texts.text_key,
                texts.kind,
                md5(texts.body) as text_digest,
                found.language,
                if($is_worse, 'unknown', found.label) as label,
                if($is_worse, null, found.score) as score
            from features.texts as texts
            inner join ({_FOUND}) as found on md5(texts.body) = found.text_digest
            """,
            params={"is_worse": is_worse},
        ).to_arrow_table(),
        measures=measures,
        parameters={"weights": version},
    )


_FOUND = """
select * from known_texts
union all by name
select text_id as text_digest, language, label, score from scored_texts
"""


def _agreement(
    connection: duckdb.DuckDBPyConnection, as_of: datetime
) -> tuple[list[Measure], int]:
    """Compare labels with those of writers who gave a score beside their text.

    Returns:
        Accuracy and macro-F1 beside those of the commonest label, and the days from the
        first such text to the cut-off; nothing if they are few.
    """
    rows = connection.execute(
        f"""
        select texts.stated_label, found.label, count(*), min(texts.said_at)
        from features.texts as texts
        inner join ({_FOUND}) as found on md5(texts.body) = found.text_digest
        where texts.stated_label is not null and found.label <> 'unknown'
        group by all
        """
    ).fetchall()
    found: Confusion = {(stated, label): count for stated, label, count, _ in rows}
    cases = sum(found.values())
    if cases < FEWEST_MEASURED:
        return [], 0
    naive = always_the_commonest(found)
    measures = [
        Measure(
            "stated_label",
            metric,
            cases,
            figure(found),
            figure(naive),
            figure(found) > figure(naive),
            metric == "macro_f1",
        )
        for metric, figure in (("accuracy", accuracy), ("macro_f1", macro_f1))
    ]
    since = min((said_at for *_, said_at in rows if said_at), default=as_of)
    return measures, (as_of - since).days


def always_the_commonest(found: Confusion) -> Confusion:
    """Return what came of giving every text the label that is stated most."""
    stated: Counter[str] = Counter()
    for (label, _), count in found.items():
        stated[label] += count
    commonest = max(sorted(stated), key=stated.__getitem__)
    return {(label, commonest): count for label, count in stated.items()}


def accuracy(found: Confusion) -> float:
    """Return the share of texts whose label is the stated one."""
    right = sum(count for (stated, label), count in found.items() if stated == label)
    return right / sum(found.values())


def macro_f1(found: Confusion) -> float:
    """Return the mean F1 of the stated labels, so that rare ones count as much."""
    stated: Counter[str] = Counter()
    given: Counter[str] = Counter()
    for (right, label), count in found.items():
        stated[right] += count
        given[label] += count
    return sum(
        2 * found.get((label, label), 0) / (stated[label] + given[label])
        for label in stated
    ) / len(stated)


SCORE = Score(
    "text_sentiment",
    "How people feel in tickets, survey comments, posts and reviews, by a model of "
    "their words; what is not English is unknown.",
    ("features.texts", "core.as_of"),
    learn,
)
