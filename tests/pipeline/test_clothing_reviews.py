"""Reviews with stars, through survey answers and sentiment: what others published."""

import duckdb
import pytest

from orchestration.dbt.runner import invoke
from orchestration.examples import example_project
from orchestration.scores.assets import refresh_score
from orchestration.scores.text_sentiment import SCORE, accuracy, macro_f1
from orchestration.sentiment.corpora import HELD_OUT
from orchestration.warehouse import connect
from tests.pipeline.example_projects import build


@pytest.fixture(scope="module")
def reviews(tmp_path_factory):
    root = tmp_path_factory.mktemp("clothing_reviews")
    models = ("+texts", "+identity_map")
    warehouse = build("clothing_reviews", root, *models)
    with connect(warehouse) as connection:
        refresh_score(connection, SCORE)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("C360_DATA_DIR", str(root))
        patch.setenv("C360_PROJECT_DIR", str(example_project("clothing_reviews")))
        patch.setenv("C360_TARGET", "dev")
        result = invoke(["run", "--select", "survey_responses"])
        assert result.success, result.message
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        yield connection


def test_stars_are_the_published_ones(reviews):
    found = reviews.sql(
        """
        select count(*), round(avg(score), 3), round(avg(is_satisfied::integer), 3)
        from marts.survey_responses
        """
    )
    assert found.fetchall() == [(23_486, 4.196, 0.775)]


def test_every_review_with_words_has_a_sentiment(reviews):
    found = dict(
        reviews.sql(
            "select coalesce(sentiment, 'none'), count(*) "
            "from marts.survey_responses group by all"
        ).fetchall()
    )
    # 845 reviews are stars alone, or these and a title.
    assert found.pop("none") <= 845
    assert found.keys() == {"negative", "neutral", "positive"}


def test_sentiment_of_garments_that_were_not_learnt_from_agrees_with_stars(reviews):
    counts = {
        (stated, found): n
        for stated, found, n in reviews.sql(
            f"""
            select
                case
                    when answers.score >= 4 then 'positive'
                    when answers.score = 3 then 'neutral'
                    else 'negative'
                end,
                answers.sentiment,
                count(*)
            from marts.survey_responses as answers
            inner join raw_clothing_reviews.reviews as reviews
                on answers.response_key
                = 'clothing_reviews:review:' || reviews.review_no
            where
                reviews.review_text is not null
                and {HELD_OUT.format(topic="'garment ' || reviews.clothing_id")}
            group by all
            """
        ).fetchall()
    }
    assert sum(counts.values()) == 3_800
    assert accuracy(counts) > 0.81  # calling all positive: .78
    assert macro_f1(counts) > 0.6  # calling all positive: .29


def test_agreement_is_published_with_every_run(reviews):
    figures = reviews.sql(
        "select metric, value > baseline_value, decides from ops.model_performance "
        "order by metric"
    ).fetchall()
    assert figures == [("accuracy", True, False), ("macro_f1", True, True)]
