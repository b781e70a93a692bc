"""The journal of withdrawn consent."""

import pytest

from orchestration.kept.state import StateUnreadableError
from orchestration.privacy.withdrawals import (
    forget,
    journal_path,
    withdraw,
    withdrawals,
)


def test_a_withdrawal_is_kept_with_what_it_is_of(data):
    assert withdrawals(data) == []
    every = withdraw(data, " Ann@X.org ")
    one = withdraw(data, "C0000000001", purpose="marketing", channel="sms")
    assert withdrawals(data) == [every, one]
    assert every.identifier == "ann@x.org"


def test_nobody_cannot_withdraw(data):
    with pytest.raises(ValueError, match="Name who withdraws"):
        withdraw(data, " ")


def test_a_damaged_line_is_told_with_its_number(data):
    withdraw(data, "C0000000001")
    with journal_path(data).open("a") as journal:
        journal.write('{"identifier": 1}\n')
    with pytest.raises(StateUnreadableError, match="Line 2 of"):
        withdrawals(data)


def test_erasure_takes_out_who_is_erased_and_nobody_else(data):
    withdraw(data, "ann@x.org")
    withdraw(data, "CARD-77")
    kept = withdraw(data, "bob@x.org")
    assert forget(data, ["ann@x.org", "card-77"]) == 2
    assert withdrawals(data) == [kept]
    assert "ann@" not in journal_path(data).read_text()
