"""What a steward sees of a pair that waits, and what becomes of a decision."""

import pytest

from app.access import Role
from orchestration.identity.decisions import standing_decisions
from orchestration.privacy.access_log import entries
from tests.app.releases import PEOPLE, publish
from tests.app.web.conftest import text_of

ROBERT, RYO = "C0000000001", "C0000000002"
PAIR = {
    "record_key": "shop:customer:1",
    "customer_id": ROBERT,
    "display_name": "Robert Grünwald",
    "other_record_key": "shop:customer:2",
    "other_customer_id": RYO,
    "other_display_name": "亮 山下",
    "reason": "namesakes",
    "confidence": 0.97,
}


@pytest.fixture
def waiting(data, manifest):
    """A release in which a pair waits."""
    data.root.mkdir(parents=True, exist_ok=True)
    publish(data, manifest, "first", PEOPLE | {"identity_review_queue": [PAIR]})


def opened(see_customer, role):
    page = see_customer(role, ROBERT, "Identity")
    page.session_state["pair-0"] = True
    return page.run()


def test_a_steward_compares_both_and_that_is_logged(see_customer, waiting, data):
    page = see_customer(Role.STEWARD, ROBERT, "Identity")
    assert "ryo@post" not in text_of(page)
    page.session_state["pair-0"] = True
    page.run().run()
    assert not page.exception
    text = text_of(page)
    assert "ryo@<wbr>post" in text or "ryo@post" in text
    assert [each["subject"] for each in entries(data)] == [ROBERT, RYO]


def test_a_decision_needs_a_reason_and_is_kept(see_customer, waiting, data):
    page = opened(see_customer, Role.STEWARD)
    page = page.button(key="must_link-0").click().run()
    assert "needs a reason" in page.error[0].value
    page.text_input(key="reason-0").set_value("Rang him").run()
    page = page.button(key="must_link-0").click().run()
    assert "next `c360 run`" in page.success[0].value
    (kept,) = standing_decisions(data)
    assert (kept.decision, kept.decided_by, kept.reason) == (
        "must_link",
        "ann",
        "Rang him",
    )


@pytest.mark.parametrize("role", [Role.VIEWER, Role.AGENT])
def test_who_may_not_decide_is_shown_no_more_than_that_they_wait(
    see_customer, waiting, data, role
):
    page = opened(see_customer, role)
    assert not page.exception
    assert "97% likely one person" in text_of(page)
    assert not page.button
    assert [each["subject"] for each in entries(data)] == [ROBERT]
