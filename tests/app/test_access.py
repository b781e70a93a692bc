"""Who may see what, and that whatever they saw is in the log."""

import threading

import pytest

from app.access import RIGHTS, ForbiddenError, Person, Right, Role, log, reading
from app.journal import Journal
from orchestration.privacy import access_log
from orchestration.privacy.access_log import AccessLogError, entries, verify

EMAIL = "select email from marts.customers where customer_id = 'C0000000001'"


@pytest.mark.parametrize("role", Role)
def test_only_who_has_the_right_reads_personal_data(release, role):
    person = Person("ann", role)
    with reading(release, person) as connection:
        (email,) = connection.execute(EMAIL).fetchall()[0]
    is_shown = email == "rob.gruenwald@mail.example"
    assert is_shown == person.may(Right.SEE_PERSONAL_DATA) == (role != Role.VIEWER)


def test_a_viewer_gets_the_masked_file_and_nothing_else(release):
    with reading(release, Person("vic", Role.VIEWER)) as connection:
        attached = connection.execute("select path from duckdb_databases()").fetchall()
    assert not [path for (path,) in attached if path and "masked" not in path]


def test_without_a_masked_file_a_viewer_is_refused(release, tmp_path):
    from app.release import NotPublishedError, Release

    (tmp_path / "customer360.duckdb").symlink_to(release.path / "customer360.duckdb")
    with (
        pytest.raises(NotPublishedError, match="customer360_masked"),
        reading(Release(tmp_path), Person("vic", Role.VIEWER)),
    ):
        pass


def test_every_role_may_read_and_only_an_admin_may_do_all():
    assert all(Right.READ in rights for rights in RIGHTS.values())
    assert [role for role in Role if RIGHTS[role] == frozenset(Right)] == [Role.ADMIN]


def test_a_refusal_says_who_may():
    with pytest.raises(ForbiddenError, match=r"viewer .* export.*privacy_officer"):
        Person("vic", Role.VIEWER).require(Right.EXPORT)


def test_a_view_is_logged_before_it_is_seen(data):
    log(Journal(data), Person("ann", Role.AGENT), "profile.view", subject="C1")
    (entry,) = entries(data)
    assert (entry["by"], entry["action"], entry["subject"]) == (
        "ann",
        "profile.view",
        "C1",
    )
    assert entry["details"] == {"role": "agent"}


def test_many_write_at_once_and_nothing_is_lost(data):
    journal = Journal(data)

    def view(who: str) -> None:
        for number in range(20):
            journal.write("profile.view", subject=f"c{number}", by=who)

    people = [threading.Thread(target=view, args=(f"p{n}",)) for n in range(8)]
    for person in people:
        person.start()
    for person in people:
        person.join()
    logged = list(entries(data))
    assert len(logged) == 160
    assert verify(data) is None
    for who in range(8):
        mine = [entry["subject"] for entry in logged if entry["by"] == f"p{who}"]
        assert mine == [f"c{number}" for number in range(20)]


def test_what_cannot_be_logged_is_refused(data):
    journal = Journal(data)
    journal.write("profile.view", by="ann")
    access_log.log_path(data).write_text("")
    with pytest.raises(AccessLogError):
        journal.write("profile.view", by="ann")
