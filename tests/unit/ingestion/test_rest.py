"""Collections of a real HTTP server land once, page by page, and only what is new."""

import json
import logging
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import httpx
import pytest
import stamina

from orchestration import patience
from orchestration.ingestion import rest_client
from orchestration.ingestion.extract import extract
from orchestration.ingestion.extracted import Extracted, ExtractError
from orchestration.ingestion.rest_origin import Auth, Paging, RestOrigin
from orchestration.ingestion.sources import SourceTable
from tests.rest_server import (
    Api,
    body,
    cut_off,
    rest_server,
    slow,
    status,
    truncated,
)
from tests.unit.ingestion.conftest import NOW, Intake

CURSOR = Paging("cursor", parameter="after", next="meta.after", more="meta.has_more")
PEOPLE = RestOrigin(url_env="C360_CRM_URL", endpoint="/people", rows="rows")


@dataclass
class Desk:
    """A collection at the source, and what arrives of it."""

    api: Api
    intake: Intake
    now: datetime = NOW

    @property
    def people(self) -> list[dict]:
        return self.api.collections["/people"]

    def declare(self, **origin) -> None:
        self.intake.declare(origin=replace(self.intake.source.origin, **origin))

    def fetch(self) -> Extracted:
        """Fetch and load, an hour after the last time."""
        self.now += timedelta(hours=1)
        extracted = extract(self.intake.source, self.intake.data, self.now)
        assert extracted
        self.intake.load(self.now)
        return extracted

    def landed(self, columns: str = "id") -> list[str]:
        return [row[0] for row in self.intake.rows(columns)]

    def failure(self) -> str:
        """Fetch in vain; return the line that says why. Nothing has landed."""
        before = sorted(self.intake.folder.glob("*.jsonl"))
        with pytest.raises(ExtractError) as error:
            self.fetch()
        message = str(error.value)
        assert "crm.people" in message
        assert "\n" not in message
        assert sorted(self.intake.folder.glob("*.jsonl")) == before
        return message


def person(number: int, **values) -> dict:
    return {
        "id": number,
        "name": f"n{number}",
        "updated_at": f"2026-01-{number:02}T10:00:00Z",
        **values,
    }


@pytest.fixture
def desk(intake, monkeypatch) -> Iterator[Desk]:
    """Five people on three pages; waiting is not waited for."""
    monkeypatch.setattr(rest_client, "_TIMEOUT", httpx.Timeout(0.4))
    with (
        rest_server() as api,
        stamina.set_testing(True, attempts=rest_client.ATTEMPTS),
    ):
        api.collections["/people"] = [person(n) for n in range(1, 6)]
        monkeypatch.setenv("C360_CRM_URL", api.url)
        intake.source = SourceTable(
            system="crm",
            table="people",
            format="jsonl",
            mode="upsert",
            key=("id",),
            columns={"id": "integer", "name": "varchar", "updated_at": "timestamp"},
            kind="rest",
            origin=replace(PEOPLE, paging=CURSOR),
        )
        yield Desk(api, intake)


ALL = ["1", "2", "3", "4", "5"]


@pytest.mark.parametrize(
    "paging",
    [
        CURSOR,
        Paging("cursor", parameter="after", next="meta.after", last="end_of_stream"),
        Paging("link"),
        Paging("page", parameter="page"),
        Paging("offset", parameter="offset", size=2, size_parameter="limit"),
    ],
)
@pytest.mark.parametrize("count", [0, 4, 5])
def test_every_page_lands_whatever_the_paging(desk, paging, count):
    desk.api.paging = paging.type
    del desk.people[count:]
    desk.declare(paging=paging, total="count")
    assert desk.fetch().rows == count
    assert desk.landed() == ALL[:count]


def test_a_page_that_is_not_full_is_not_taken_for_the_last(desk):
    desk.api.paging = "page"
    desk.declare(paging=Paging("page", parameter="page", size=2))
    half = {"rows": [person(1)], "count": 9}
    desk.api.faults = {1: [body(half)]}
    desk.fetch()
    assert desk.landed() == ["1", "3", "4", "5"]


def test_values_arrive_digit_by_digit(desk):
    exact = '{"rows": [{"id": 1, "name": 1.10, "note": {"a": [2.50, "1.0", "ä"]}}]}'
    desk.api.faults = {1: [body(exact.encode())]}
    desk.fetch()
    (file,) = desk.intake.folder.iterdir()
    assert '{"a":[2.50,"1.0","ä"]}' in file.read_text()
    assert desk.landed("name") == ["1.10"]


def test_then_only_what_is_new_lands(desk):
    desk.declare(cursor="updated_at", cursor_parameter="since")
    extracted = desk.fetch()
    assert extracted.cursor_to == "2026-01-05T10:00:00"
    assert desk.fetch().rows == 0
    desk.people.append(person(6))
    desk.people.append(person(7, updated_at="2026-01-05T09:30:00Z"))
    desk.people[0] |= {"name": "new", "updated_at": "2026-01-08T00:00:00+02:00"}
    extracted = desk.fetch()
    assert extracted.cursor_to == "2026-01-07T22:00:00"
    assert sorted(desk.landed()[5:]) == ["1", "6", "7"]
    assert desk.api.requests[-1]["since"] == "2026-01-05T09:00:00Z"


def test_without_a_cursor_all_is_read_and_what_changed_lands(desk):
    desk.fetch()
    assert desk.fetch().rows == 0
    for name in ("new", "n1"):
        desk.people[0]["name"] = name
        assert desk.fetch().rows == 1
    assert desk.landed("name")[5:] == ["new", "n1"]


def test_a_cursor_may_be_asked_for_in_seconds_or_be_a_number(desk):
    desk.declare(
        cursor="updated_at", cursor_parameter="start_time", cursor_format="unix"
    )
    desk.fetch()
    desk.fetch()
    assert desk.api.requests[-1]["start_time"] == "1767603600"
    desk.declare(cursor="id", cursor_format="number", overlap_seconds=0)
    assert "YAML" in desk.fetch().notes[0]
    desk.fetch()
    assert desk.api.requests[-1]["start_time"] == "5"


def test_a_row_without_a_cursor_lands_and_one_from_the_future_hides_nothing(desk):
    desk.people.append(person(6, updated_at=None))
    desk.people.append(person(7, updated_at="2999-01-01T00:00:00Z"))
    desk.declare(cursor="updated_at", cursor_parameter="since")
    assert desk.fetch().cursor_to == desk.now.isoformat()
    assert desk.fetch().rows == 0


def test_a_cursor_that_is_no_time_is_named(desk):
    desk.people[3]["updated_at"] = "yesterday"
    desk.declare(cursor="updated_at", cursor_parameter="since")
    assert "the cursor of a row is 'yesterday'" in desk.failure()


def test_a_cursor_that_goes_back_has_the_table_read_anew(desk):
    desk.declare(cursor="updated_at", cursor_parameter="since")
    desk.fetch()
    del desk.people[3:]
    desk.people[0]["name"] = "restored"
    extracted = desk.fetch()
    assert "read from the beginning" in extracted.notes[0]
    assert extracted.cursor_to == "2026-01-03T10:00:00"
    assert "restored" in desk.landed("name")
    assert (desk.fetch().rows, desk.fetch().notes) == (0, [])


def test_a_snapshot_that_is_empty_is_not_taken_for_deletes(desk):
    desk.intake.declare(mode="snapshot")
    desk.fetch()
    desk.people.clear()
    assert "empty at the source" in desk.fetch().notes[0]
    assert desk.landed() == ALL


@pytest.mark.parametrize(
    "fault", [status(500), status(503), status(429), truncated, cut_off, slow]
)
def test_what_passes_is_tried_again(desk, fault):
    desk.api.faults = {2: [fault, fault]}
    assert desk.fetch().rows == 5
    assert desk.landed() == ALL


def test_an_interface_is_given_the_time_that_it_asks_for(desk, caplog, monkeypatch):
    monkeypatch.setattr(logging.getLogger("c360"), "propagate", True)
    desk.api.faults = {1: [status(429, Retry_After="1")]}
    stamina.set_testing(False)
    started = datetime.now()
    desk.fetch()
    assert datetime.now() - started >= timedelta(seconds=1)
    # What ran in this process before may listen as well, and say it once more.
    assert set(caplog.messages) == {
        "The interface answers 429 Too Many Requests; trying again in 1 s"
    }


@pytest.mark.parametrize(
    ("fault", "sentence"),
    [
        (status(500), "127.0.0.1 answers 500 Internal Server Error, also after 6"),
        (status(429, Retry_After="86400"), "answers 429 Too Many Requests"),
        (truncated, "sends an answer that is no whole JSON"),
        (slow, "did not answer in time"),
        (status(400), "answers 400 Bad Request to /people"),
        (body({"error": "sorry"}), "no list at rows (it has error)"),
        (body({"rows": [{"nr": 1}]}), "no row of its answer has id, its key"),
        (body({"rows": [1]}), "is no JSON object"),
        (
            body({"rows": [{"id": 9}], "meta": {"has_more": True}}),
            "meta.after does not say where",
        ),
    ],
)
def test_what_does_not_pass_is_a_sentence_and_the_next_fetch_goes_on(
    desk, fault, sentence
):
    desk.api.faults = {2: [fault] * rest_client.ATTEMPTS}
    assert sentence in desk.failure()
    desk.api.faults.clear()
    desk.api.requests.clear()
    assert desk.fetch().rows == 5
    assert desk.landed() == ALL
    assert [request.get("after") for request in desk.api.requests] == ["2", "4"]


def test_a_page_whose_place_is_forgotten_has_the_fetch_begin_anew(desk):
    desk.api.faults = {2: [status(400), status(410)]}
    assert "answers 400 Bad Request to /people" in desk.failure()
    assert desk.fetch().rows == 5
    assert desk.landed() == ALL


def test_a_kill_between_two_pages_loses_and_doubles_nothing(desk, monkeypatch):
    class Killed(BaseException):
        """The process ends here."""

    def die(reply):
        raise Killed

    real = rest_client.Client.get

    def get(self, url, parameters):
        if parameters.get("after") == "4":
            raise Killed
        return real(self, url, parameters)

    with monkeypatch.context() as patch:
        patch.setattr(rest_client.Client, "get", get)
        with pytest.raises(Killed):
            desk.fetch()
    # Half a page was written before the process ended.
    with (desk.intake.folder / "pages.jsonl.tmp").open("a") as pages:
        pages.write('{"id": 5, "na')
    desk.api.requests.clear()
    assert desk.fetch().rows == 5
    assert desk.landed() == ALL
    assert len(desk.api.requests) == 1


def test_a_page_that_is_sent_again_is_asked_for_again(desk):
    again = body({"rows": [person(1), person(2)], "meta": {"has_more": True}})
    desk.api.faults = {2: [again]}
    assert desk.fetch().rows == 5


def test_an_interface_that_sends_one_page_for_ever_is_refused(desk):
    desk.api.paging = "cursor"
    desk.declare(paging=Paging("page", parameter="page"))
    assert "page 2 is page 1 again" in desk.failure()


@pytest.mark.parametrize("total", [4, 6])
def test_a_wrong_total_is_refused(desk, total):
    desk.declare(total="count")
    desk.api.total = total
    assert f"says that there are {total} rows, but 5 came on 3 pages" in desk.failure()
    desk.api.total = None
    assert desk.fetch().rows == 5


def test_a_row_that_is_on_two_pages_lands_once(desk):
    desk.people.insert(2, person(2))
    assert desk.fetch().rows == 5
    assert desk.landed() == ALL


def test_a_new_column_and_a_missing_one_are_drift(desk):
    desk.fetch()
    desk.people[:] = [{"id": 8, "shoeSize": 44}]
    desk.fetch()
    changes = desk.intake.sql("select column_name, change from ops.schema_changes")
    assert ("shoe_size", "new") in changes
    assert ("name", "missing") in changes


def test_who_asks_is_told_by_variables(desk, monkeypatch):
    monkeypatch.setenv("C360_CRM_TOKEN", "s3cret")
    monkeypatch.setenv("C360_CRM_USER", "me")
    for auth, header in [
        (Auth("bearer", ("C360_CRM_TOKEN",)), "Bearer s3cret"),
        (Auth("basic", ("C360_CRM_USER", "C360_CRM_TOKEN")), "Basic bWU6czNjcmV0"),
        (Auth("header", ("C360_CRM_TOKEN",), "Authorization"), "s3cret"),
    ]:
        desk.api.authorization = header
        desk.declare(auth=auth)
        desk.fetch()


def test_who_is_refused_is_told_which_variable_to_mend(desk, monkeypatch):
    desk.api.authorization = "Bearer other"
    refused = desk.failure()
    assert "refuses who asks (401 Unauthorized)" in refused
    assert "meta.ingest.auth" in refused
    desk.declare(auth=Auth("bearer", ("C360_CRM_TOKEN",)))
    assert "the environment variable C360_CRM_TOKEN is not set" in desk.failure()
    monkeypatch.setenv("C360_CRM_TOKEN", "s3cret")
    assert "Mend C360_CRM_TOKEN" in desk.failure()


def test_who_asks_is_not_shown_to_another_host(desk):
    away = {"rows": [person(1)], "next": "http://localhost:1/people"}
    desk.declare(paging=Paging("link", next="next"))
    desk.api.faults = {1: [body(away)]}
    assert (
        "its next page is on localhost, another host than 127.0.0.1" in desk.failure()
    )


@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        ("http://127.0.0.1:1", "cannot be reached"),
        ("zendesk", "C360_CRM_URL is not an address"),
        ("", "the environment variable C360_CRM_URL is not set"),
    ],
)
def test_an_address_that_is_wrong_is_named(desk, monkeypatch, url, sentence):
    monkeypatch.setenv("C360_CRM_URL", url)
    assert sentence in desk.failure()


def test_a_collection_that_is_gone_is_named(desk):
    desk.declare(endpoint="/persons")
    gone = desk.failure()
    assert "is not there at the source" in gone
    assert "404 Not Found to /persons" in gone


def test_times_to_wait_are_read_as_seconds_and_as_dates():
    assert patience.seconds_to_wait("7") == 7
    assert patience.seconds_to_wait("Wed, 21 Oct 2015 07:28:00 GMT") == 0
    assert patience.seconds_to_wait("soon") is None
    assert json.loads(rest_client.line({"a": "x"})) == {"a": "x"}
