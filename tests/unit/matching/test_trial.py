"""What is said when identity cannot be built on a table or under rules."""

import pytest

from orchestration.matching.trial import in_a_sentence


@pytest.mark.parametrize(
    ("message", "told"),
    [
        (
            "Compilation Error in model x (models/x.sql)\n  The rules cannot be used.\n"
            "  \n  > in macro check (macros/check.sql)\n  > called by model x",
            "The rules cannot be used.",
        ),
        ("Database Error: no room", "Database Error: no room"),
    ],
)
def test_an_error_of_dbt_is_told_in_a_sentence(message, told):
    assert in_a_sentence(message) == told
