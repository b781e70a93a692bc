"""Data that is kept and not used is hidden at once, from all but privacy officers."""

from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient

from app import customers
from app.access import ForbiddenError, Person, Role
from app.api.service import create_api
from app.finding import find
from app.journal import Journal
from app.release import Release
from app.restricted import restrictions_for
from app.tokens import TokenStore
from orchestration.privacy.restrictions import restrict, unrestrict
from orchestration.warehouse import DataDir
from tests.app.releases import PEOPLE, publish

ROBERT, RYO = "C0000000001", "C0000000002"
AGENT, OFFICER = Person("ann", Role.AGENT), Person("eve", Role.PRIVACY_OFFICER)


@pytest.fixture
def restricted(people: DataDir, data: DataDir, release: Release) -> Iterator[DataDir]:
    """The release of four people, of whom Robert was restricted under an older id."""
    data.root.mkdir(parents=True, exist_ok=True)
    data.published.symlink_to(people.published)
    restrict(data, ["C0000000009"], by="eve")
    return data


@pytest.mark.parametrize("role", Role)
def test_a_profile_is_refused_but_to_who_answers_for_it(
    restricted, release, whole, role
):
    seen = restrictions_for(Person("ann", role), release, restricted)
    assert seen.customer_ids == {ROBERT}
    if role in (Role.PRIVACY_OFFICER, Role.ADMIN):
        assert seen.current_id(whole, ROBERT) == ROBERT
    else:
        with pytest.raises(ForbiddenError, match=r"article 18.*: privacy_officer"):
            seen.current_id(whole, "C0000000009")
    assert seen.current_id(whole, RYO) == RYO


def test_it_ends_when_it_is_lifted(restricted, release):
    unrestrict(restricted, ["C0000000009"], by="eve")
    assert not restrictions_for(AGENT, release, restricted).customer_ids


def test_a_release_that_says_so_is_enough(data, manifest):
    data.root.mkdir(parents=True, exist_ok=True)
    rows = [
        row | {"is_restricted": row["customer_id"] == RYO}
        for row in PEOPLE["customers"]
    ]
    path = publish(
        data, manifest, "first", PEOPLE | {"customers": rows}, every_mart=False
    )
    assert restrictions_for(AGENT, Release(path), data).hidden == {RYO}


def test_a_search_finds_by_id_alone_and_tells_no_more(restricted, release):
    journal = Journal(restricted)
    assert find(release, journal, AGENT, "Robert Grünwald") == []
    assert find(release, journal, AGENT, "rob.gruenwald@mail.example") == []
    (found,) = find(release, journal, AGENT, ROBERT)
    told = {name for name, value in found.items() if value is not None}
    assert told == {"customer_id", "is_restricted", "score", "matched_kind"} | (
        {"matched_text"}
    )
    (found,) = find(release, journal, OFFICER, "Robert Grünwald")
    assert (found["display_name"], found["is_restricted"]) == ("Robert Grünwald", True)


def test_neither_families_nor_queues_tell_of_them(restricted, release, whole):
    seen = restrictions_for(AGENT, release, restricted)
    household = seen.conceal(customers.household(whole, RYO))
    (robert,) = [m for m in household["members"] if m["customer_id"] == ROBERT]
    assert robert["display_name"] is None
    assert robert["is_restricted"]
    pair = {"customer_id": RYO, "other_customer_id": ROBERT, "reason": "same phone"}
    assert seen.conceal([pair]) == []


def test_the_api_refuses_profiles_and_blanks_lists(restricted):
    store = TokenStore(restricted)
    with TestClient(create_api(restricted)) as client:

        def get(path: str, role: Role):
            _, secret = store.create("test", role, days=1)
            return client.get(path, headers={"Authorization": f"Bearer {secret}"})

        for part in ("", "/timeline", "/orders"):
            refused = get(f"/customers/{ROBERT}{part}", Role.STEWARD)
            assert refused.status_code == 403
            assert "article 18" in refused.json()["detail"]
        seen = get(f"/customers/{ROBERT}", Role.PRIVACY_OFFICER).json()
        assert (seen["display_name"], seen["is_restricted"]) == (
            "Robert Grünwald",
            True,
        )
        assert get(f"/customers/{RYO}", Role.AGENT).json()["is_restricted"] is False
        members = get("/segments/loyal/members", Role.AGENT).json()["rows"]
        assert {m["customer_id"]: m["email"] for m in members}[ROBERT] is None
        assert "ryo@post.example" in {m["email"] for m in members}
