"""What was asked, as the build reads it."""

from orchestration.privacy import access_log
from orchestration.privacy.loading import load_access_log, load_requests
from orchestration.privacy.rectifications import rectify, undo
from orchestration.privacy.restrictions import restrict, unrestrict
from orchestration.privacy.withdrawals import withdraw
from orchestration.warehouse import connect


def loaded(data, query):
    with connect(data.warehouse) as connection:
        load_requests(connection, data)
        load_access_log(connection, data)
        return connection.execute(query).fetchall()


def test_the_build_reads_what_stands_and_no_more(data):
    withdraw(data, "Ann@X.org", channel="sms")
    restrict(data, ["C1", "C2"])
    unrestrict(data, ["C1"])
    kept, undone = rectify(data, [("C1", "city", "Oslo"), ("C1", "region", "Viken")])
    undo(data, undone)

    withdrawn = loaded(data, "select identifier, channel from ops.consent_withdrawals")
    assert withdrawn == [("ann@x.org", "sms")]
    assert loaded(data, "select customer_id from ops.restrictions") == [("C2",)]
    corrected = "select rectification_id, customer_id, value from ops.rectifications"
    assert loaded(data, corrected) == [(kept, "C1", "Oslo")]
    unrestrict(data, ["C2"])
    assert loaded(data, "select customer_id from ops.restrictions") == []


LOG = (
    "select entry_number, action, subject, details->>'rows', is_as_written "
    "from ops.access_log order by all"
)


def test_the_log_is_read_whole_and_again_from_its_start(data):
    assert loaded(data, LOG) == []
    access_log.append(data, "profile.view", subject="C1", details={"rows": 3})
    assert loaded(data, LOG) == [(1, "profile.view", "C1", "3", True)]
    access_log.append(data, "audience.export", subject="vips")
    assert [row[1] for row in loaded(data, LOG)] == ["profile.view", "audience.export"]


def test_what_follows_an_edited_line_is_not_as_it_was_written(data):
    for customer in ("C1", "C2", "C3"):
        access_log.append(data, "profile.view", subject=customer)
    path = access_log.log_path(data)
    path.write_text(path.read_text().replace("C1", "C9"))
    assert [row[-1] for row in loaded(data, LOG)] == [True, False, False]


def test_a_line_that_was_cut_off_shows_as_one_that_is_missing(data):
    for customer in ("C1", "C2"):
        access_log.append(data, "profile.view", subject=customer)
    path = access_log.log_path(data)
    path.write_text(path.read_text().splitlines()[0] + "\n")
    assert loaded(data, LOG) == [
        (1, "profile.view", "C1", None, True),
        (2, None, None, None, False),
    ]


def test_a_line_that_is_no_entry_shows_as_broken(data):
    access_log.append(data, "profile.view", subject="C1")
    with access_log.log_path(data).open("a") as log:
        log.write("nonsense\n")
    rows = loaded(data, LOG)
    assert [row[0] for row in rows if not row[-1]] == [2]
