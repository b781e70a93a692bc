"""What a change of price, frequency or churn would bring, and what is said of it."""

import json

import duckdb
import pytest
from typer.testing import CliRunner

from orchestration.cli import app

# c1 and c2 are loyal, c3 is nobody's; c2 has most likely left.
RELEASE = """
create schema marts;
create table marts.segments as
from (values ('loyals', 'Loyals'), ('owls', 'Night owls')) as t (segment_id, name);
create table marts.segment_members as
from (values ('loyals', 'c1'), ('loyals', 'c2'), ('owls', 'c1'), ('owls', 'never'))
    as t (segment_id, customer_id);
create table marts.customer_value as
from (values
    ('c1', 1.0, 2.0, 8.0, 10.0),
    ('c2', 0.5, 1.0, 4.0, 10.0),
    ('c3', 0.8, 1.0, 4.0, 100.0)
) as t (customer_id, probability_active, expected_purchases_90_days,
    expected_purchases_365_days, expected_purchase_value_reporting);
"""


@pytest.fixture
def released(data):
    path = data.published / "current" / "customer360.duckdb"
    path.parent.mkdir(parents=True)
    with duckdb.connect(str(path)) as connection:
        connection.execute(RELEASE)
    return path


def run(*args: str, code: int = 0) -> str:
    result = CliRunner().invoke(app, ["scenario", *args])
    assert result.exit_code == code, result.output
    return result.output


def outcomes(*args: str) -> dict[str, dict]:
    return {found["segment_id"]: found for found in json.loads(run(*args, "--json"))}


def test_price_and_frequency_multiply_what_is_expected(released):
    found = outcomes("--price", "10", "--frequency", "-50")
    assert found["everybody"]["revenue_90_days"] == pytest.approx(130)
    assert found["everybody"]["changed_revenue_90_days"] == pytest.approx(71.5)
    assert found["owls"]["customers"] == 1
    assert found["owls"]["changed_revenue_365_days"] == pytest.approx(44)


def test_customers_of_a_segment_change_once_and_all_others_not(released):
    found = outcomes("--segment", "loyals", "--segment", "owls", "--price", "10")
    assert set(found) == {"everybody", "loyals", "owls"}
    assert found["loyals"]["changed_revenue_90_days"] == pytest.approx(33)
    assert found["everybody"]["changed_revenue_90_days"] == pytest.approx(133)


def test_churn_changes_the_chance_to_have_left(released):
    fewer = outcomes("--segment", "loyals", "--churn", "-20")
    # c1 is there for sure; c2 with .6 in the place of .5.
    assert fewer["loyals"]["changed_revenue_90_days"] == pytest.approx(20 + 10 * 1.2)
    more = outcomes("--segment", "loyals", "--churn", "300")
    assert more["loyals"]["changed_revenue_90_days"] == pytest.approx(20)


def test_a_higher_price_may_cost_purchases(released):
    found = outcomes("--price", "10", "--elasticity", "-2")
    assert found["everybody"]["changed_revenue_90_days"] == pytest.approx(
        130 * 1.1 * 0.8
    )


def test_a_table_says_it_to_people(released):
    said = " ".join(run("--segment", "loyals", "--price", "10").split())
    assert "Everybody 3 130 133 +2.3%" in said
    assert "Loyals 2 30 33 +10.0%" in said


@pytest.mark.parametrize(
    ("args", "said"),
    [
        ([], "give --price, --frequency or --churn"),
        (["--price", "-101"], "by more than 100 per cent"),
        (["--segment", "loyal", "--price", "5"], "Did you mean loyals?"),
        (["--segment", "x", "--price", "5"], "There are loyals, owls."),
    ],
)
def test_what_cannot_be_is_said_in_a_sentence(released, args, said):
    assert said in " ".join(run(*args, code=1).split())


def test_churn_needs_a_forecast_that_knows_it(released):
    with duckdb.connect(str(released)) as connection:
        connection.execute("update marts.customer_value set probability_active = null")
    assert "Leave out --churn" in " ".join(run("--churn", "5", code=1).split())


def test_without_a_release_it_says_how_to_make_one(data):
    assert "c360 run" in run("--price", "5", code=1)
