"""What an answer to an NPS question makes of who gave it."""

import duckdb
import pytest

from tests.unit.macros.macro_sql import macro_sql


@pytest.mark.parametrize(
    ("score", "group", "points"),
    [
        ("10", "promoter", 100),
        ("9", "promoter", 100),
        ("8", "passive", 0),
        ("7", "passive", 0),
        ("6.5", "detractor", -100),
        ("0", "detractor", -100),
        ("cast(null as integer)", None, None),
    ],
)
def test_an_answer_makes_a_promoter_a_passive_or_a_detractor(score, group, points):
    both = ", ".join(macro_sql(name, score) for name in ("nps_group", "nps_points"))
    assert duckdb.execute(f"select {both}").fetchall() == [(group, points)]
