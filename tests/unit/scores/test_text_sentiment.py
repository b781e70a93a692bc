"""The score of texts: what is understood, what is kept, and when it is not used."""

import duckdb
import pytest

from orchestration.scores import text_sentiment
from orchestration.scores.assets import refresh_score
from orchestration.scores.text_features import text_features
from orchestration.scores.text_sentiment import (
    BASELINE,
    MODEL,
    SCORE,
    accuracy,
    always_the_commonest,
    macro_f1,
    score_texts,
)
from orchestration.warehouse import connect


def scored(*bodies: str) -> list[tuple[str, str, float | None]]:
    with duckdb.connect() as connection:
        connection.execute(
            "create table texts as "
            "select generate_subscripts($b, 1) as text_id, unnest($b) as body",
            {"b": list(bodies)},
        )
        score_texts(connection, "texts")
        return connection.execute(
            "select language, label, score from scored_texts order by text_id"
        ).fetchall()


def features(body: str) -> set[str]:
    with duckdb.connect() as connection:
        connection.execute(
            "create table texts as select 1 as text_id, ? as body", [body]
        )
        query = f"select feature from ({text_features('texts')})"
        return {feature for (feature,) in connection.execute(query).fetchall()}


@pytest.mark.parametrize(
    ("body", "label"),
    [
        ("Great quality, thanks", "positive"),
        (
            "Just to say thank you, the delivery was quick and the staff kind.",
            "positive",
        ),
        ("The box was crushed and I am really disappointed.", "negative"),
        ("@shop where is my order? Two weeks late. Never again.", "negative"),
        ("Please send me an invoice for my company.", "neutral"),
        ("Could you tell me which size would fit me?", "neutral"),
    ],
)
def test_english_has_the_label_that_a_reader_gives_it(body, label):
    assert [found for _, found, _ in scored(body)] == [label]


def test_a_negation_turns_what_follows_it_but_not_the_next_clause():
    (_, good, high), (_, bad, low) = scored("It is good", "It is not good")
    assert (good, bad) == ("positive", "negative")
    assert -1 <= low < 0 < high <= 1
    assert features("Not a very good fit") >= {"not good", "not very", "good fit"}
    assert features("No, good") == {"no", "good"}


def test_a_text_has_one_score_whatever_is_scored_beside_it():
    """To the last digit: a rebuilt warehouse scores all at once, not day by day."""
    said = "good bad great late broken kind quick slow never again thanks sorry"
    words = said.split()
    bodies = [" ".join(words[n:] + words[:n]) for n in range(len(words))]
    alone = [scored(body) for body in bodies]
    others = [f"{a} {b} {c}" for a in words for b in words for c in words]
    assert scored(*others, *bodies)[-len(bodies) :] == [score for (score,) in alone]


@pytest.mark.parametrize(
    "body",
    ["Schlechte Qualität, nie wieder", "Très satisfait de la livraison", "最高です",
     "Todo perfecto, muchas gracias", "Очень плохо", "#1042", "😍"],
)  # fmt: skip
def test_what_does_not_pass_as_english_is_unknown(body):
    assert scored(body) == [("und", "unknown", None)]


def test_addresses_and_links_are_no_words():
    assert features("Thanks @anna_k, see https://x.example/great or a@bad.example") == {
        "thanks", "see", "or", "see or",
    }  # fmt: skip


@pytest.fixture
def shop(data):
    """A warehouse with texts, half of them with a score of the writer beside it."""
    with connect(data.warehouse) as connection:
        connection.execute(
            """
            create schema core;
            create schema features;
            create schema scores;
            create table core.as_of as select timestamp '2026-06-30' as as_of;
            create table scores.text_sentiment (
                text_key varchar, kind varchar, text_digest varchar, language varchar,
                label varchar, score double, as_of timestamp, model varchar,
                model_version varchar
            );
            create table features.texts as
            select
                concat(said.body, n) as text_key,
                'survey' as kind,
                'r' as record_key,
                timestamp '2026-06-01' as said_at,
                said.body,
                said.stated_label
            from range(15) as copies (n)
            cross join (
                values
                    ('Love it', 'positive'), ('Terrible service', 'negative'),
                    ('Sehr zufrieden', 'positive'), ('It was fine', null)
            ) as said (body, stated_label)
            """
        )
        new_version(connection, 1)
        yield connection


def new_version(connection, version: int) -> None:
    connection.execute(
        """
        insert or replace into ops.table_builds
            (layer, table_schema, table_name, version, built_at)
        values ('features', 'features', 'texts', ?, now())
        """,
        [version],
    )


def labels(connection) -> dict[str, str]:
    return dict(
        connection.sql(
            "select distinct rtrim(text_key, '0123456789'), label "
            "from scores.text_sentiment"
        ).fetchall()
    )


def test_every_text_is_scored_and_agreement_is_published(shop):
    assert refresh_score(shop, SCORE)["dagster/row_count"] == 60
    assert labels(shop) == {
        "Love it": "positive",
        "Terrible service": "negative",
        "Sehr zufrieden": "unknown",
        "It was fine": "neutral",
    }
    # What is unknown is not measured; 15 positive and 15 negative comments are.
    figures = shop.sql(
        "select metric, cases, value, baseline_value, decides "
        "from ops.model_performance order by metric"
    ).fetchall()
    assert figures == [
        ("accuracy", 30, 1.0, 0.5, False),
        ("macro_f1", 30, 1.0, pytest.approx(1 / 3), True),
    ]


def test_texts_without_a_time_are_measured_as_well(shop):
    shop.execute("update features.texts set said_at = null")
    refresh_score(shop, SCORE)
    cases = shop.sql("select distinct cases from ops.model_performance").fetchall()
    assert cases == [(30,)]


def test_only_new_texts_are_scored(shop, monkeypatch):
    refresh_score(shop, SCORE)
    shop.execute("update scores.text_sentiment set score = 0.125 where score > 0.5")
    shop.execute("delete from features.texts where body = 'It was fine'")
    shop.execute(
        "insert into features.texts values "
        "('new', 'post', 'r', timestamp '2026-06-02', 'Broken, very bad', null)"
    )
    new_version(shop, 2)
    given: list[str] = []

    def spy(connection, texts):
        given.extend(
            b for (b,) in connection.sql(f"select body from {texts}").fetchall()
        )
        score_texts(connection, texts)

    monkeypatch.setattr(text_sentiment, "score_texts", spy)
    refresh_score(shop, SCORE)
    assert given == ["Broken, very bad"]
    assert labels(shop)["new"] == "negative"
    assert "It was fine" not in labels(shop)
    kept = shop.sql("select distinct score from scores.text_sentiment where score > 0")
    assert kept.fetchall() == [(0.125,)]


def test_other_weights_score_everything_again(shop, monkeypatch):
    refresh_score(shop, SCORE)
    shop.execute("update scores.text_sentiment set label = 'neutral'")
    monkeypatch.setattr(text_sentiment, "weights_version", lambda: "other")
    new_version(shop, 2)
    refresh_score(shop, SCORE)
    assert labels(shop)["Love it"] == "positive"


def test_a_model_that_says_no_more_than_the_commonest_label_says_nothing(shop):
    shop.execute(
        """
        update features.texts set stated_label = case
            when body = 'Love it' then 'negative'
            when body = 'Terrible service' then 'positive'
        end
        """
    )
    refresh_score(shop, SCORE)
    found = shop.sql("select distinct model, label, score from scores.text_sentiment")
    assert found.fetchall() == [(BASELINE, "unknown", None)]
    # It is scored afresh, and used, as soon as it is better.
    shop.execute("update features.texts set stated_label = null")
    new_version(shop, 2)
    refresh_score(shop, SCORE)
    model = shop.sql("select distinct model from scores.text_sentiment").fetchall()
    assert model == [(MODEL,)]
    assert labels(shop)["Love it"] == "positive"


def test_figures_are_those_of_the_textbook():
    found = {
        ("positive", "positive"): 6,
        ("positive", "negative"): 2,
        ("negative", "negative"): 1,
        ("negative", "neutral"): 1,
    }
    assert accuracy(found) == pytest.approx(0.7)
    assert macro_f1(found) == pytest.approx((12 / 14 + 2 / 5) / 2)
    naive = always_the_commonest(found)
    assert naive == {("positive", "positive"): 8, ("negative", "positive"): 2}
    assert macro_f1(naive) == pytest.approx(16 / 18 / 2)
