"""How numbers are told to people."""

import pytest

from orchestration.wording import counted


@pytest.mark.parametrize(
    ("number", "words", "told"),
    [
        (0, ("row",), "0 rows"),
        (1, ("row",), "1 row"),
        (1204, ("row",), "1,204 rows"),
        (1, ("batch", "batches"), "1 batch"),
        (2, ("row fails", "rows fail"), "2 rows fail"),
    ],
)
def test_one_is_told_as_one(number, words, told):
    assert counted(number, *words) == told
