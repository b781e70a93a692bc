"""Training on texts of others: what is read, learnt and held out."""

import os
from pathlib import Path

import duckdb
import pytest

from orchestration.scores.text_sentiment import WEIGHTS, score_texts
from orchestration.sentiment import corpora, training
from orchestration.warehouse import PROJECT_ROOT

SHARED = Path(os.environ.get("C360_SHARED_DATA", PROJECT_ROOT / "../shared/data"))


@pytest.fixture
def connection():
    with duckdb.connect() as connection:
        yield connection


@pytest.fixture
def folder(tmp_path, connection) -> Path:
    """The published files in small: texts of two words that say all there is to say."""
    connection.execute(
        f"""
        copy (
            select
                n as review_no, n % 40 as "Clothing ID", null as "Title",
                if(n % 2 = 0, 'lovely dress', 'awful dress') as "Review Text",
                if(n % 2 = 0, 5, 1) as "Rating"
            from range(200) as r (n)
        ) to '{tmp_path}/reviews.parquet';
        copy (
            select 'please do not help' as text, if(n < 8, 'train', 'test') as split
            from range(10) as r (n)
        ) to '{tmp_path}/queries.parquet'
        """
    )
    lines = [
        f"{n}_{part}\t{mean}\tit &amp; is {word}"
        for n in range(40)
        for part, (mean, word) in enumerate(
            [(2.5, "swell"), (-1, "rotten"), (0.4, "so")]
        )
    ]
    for name in corpora.RATED.values():
        (tmp_path / name).write_text("\n".join([*lines, "broken line"]))
    return tmp_path


def test_ratings_become_labels_and_topics_are_held_out_whole(connection, folder):
    corpora.read_corpus(connection, folder, folder, folder)
    found = connection.sql(
        "select body, label, count(*) from corpus where domain in ('tweets', "
        "'clothing_reviews') group by all order by all"
    ).fetchall()
    assert found == [
        ("awful dress", "negative", 100),
        ("it & is rotten", "negative", 40),
        ("it & is so", "neutral", 40),
        ("it & is swell", "positive", 40),
        ("lovely dress", "positive", 100),
    ]
    split = connection.sql(
        "select topic from corpus group by topic having count(distinct is_held) > 1"
    )
    assert split.fetchall() == []
    held = connection.sql("select avg(is_held::integer) from corpus").fetchall()
    assert 0.05 < held[0][0] < 0.4


def test_a_missing_file_is_named(connection, tmp_path):
    with pytest.raises(FileNotFoundError, match=r"reviews\.parquet is not in"):
        corpora.read_corpus(connection, tmp_path, tmp_path, tmp_path)


def test_words_get_their_weight_from_texts_and_from_the_lexicon(connection, folder):
    corpora.read_corpus(connection, folder, folder, folder)
    weights = folder / "weights.csv"
    lexicon = {"swell": 2.0, "rotten": -2.0, "superb": 3.0, "not superb": -2.0}
    training.learn_weights(connection, lexicon, weights)
    connection.execute(
        "create table texts as select unnest($b) as body, unnest($b) as text_id",
        {"b": ["lovely dress", "awful dress", "superb", "not superb", "please help"]},
    )
    score_texts(connection, "texts", weights)
    scores = dict(connection.sql("select text_id, score from scored_texts").fetchall())
    assert scores["lovely dress"] > 0.5 > -0.5 > scores["awful dress"]
    # No text has this word: all that is known of it is the lexicon's.
    assert scores["superb"] > 0.5
    assert scores["not superb"] < scores["superb"]
    # Without any feeling, but known to be English.
    assert scores["please help"] is not None
    again = folder / "again.csv"
    training.learn_weights(connection, lexicon, again)
    assert again.read_text() == weights.read_text()
    figures = {
        (f.domain, f.method): f.macro_f1
        for f in training.measure_weights(connection, weights)
    }
    assert figures["clothing_reviews", "these weights"] == 1.0
    assert figures["clothing_reviews", "commonest label"] < 0.5


def test_the_shipped_weights_know_reviews_that_they_were_not_shown(connection, folder):
    """VADER's figures on the same reviews are .80 and .43, as the model card says."""
    corpora.read_corpus(
        connection,
        SHARED / "womens_clothing_reviews",
        folder,
        SHARED / "banking77",
    )
    (reviews,) = (
        found
        for found in training.measure_weights(connection, WEIGHTS)
        if (found.domain, found.method) == ("clothing_reviews", "these weights")
    )
    assert reviews.texts == 3800
    assert reviews.accuracy > 0.81
    assert reviews.macro_f1 > 0.6
    # All queries of the bank are English; so are nearly all that were held out.
    understood = connection.sql(
        "select avg((language = 'en')::integer) from scored_texts "
        "inner join corpus using (text_id) where domain = 'bank_queries'"
    ).fetchall()
    assert understood[0][0] > 0.99
