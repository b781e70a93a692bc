"""A real service desk as an example: every incident of its log is a ticket."""

from pathlib import Path

import pytest

from tests.pipeline.example_projects import build, release, rows


@pytest.fixture(scope="module")
def service_desk(tmp_path_factory) -> Path:
    return build("service_desk", tmp_path_factory.mktemp("service_desk"))


def test_service_desk_has_the_published_incidents_and_callers(service_desk):
    assert rows(
        service_desk,
        """
        select
            count(*),
            count(distinct record_key),
            count(solved_at),
            count(*) filter (where reopened_count > 0),
            sum(reopened_count),
            count(*) filter (where status = 'closed'),
            round(median(date_diff('minute', opened_at, solved_at) / 60), 1)
        from core.tickets
        """,
    ) == [(24_918, 5_244, 23_362, 275, 331, 24_918, 22.1)]
    assert rows(
        service_desk,
        "select interaction_type, count(*) from core.interactions group by all "
        "order by all",
    ) == [("ticket_opened", 24_918), ("ticket_solved", 23_362)]


@pytest.mark.slow
def test_every_incident_reaches_the_mart_with_its_caller(tmp_path):
    assert rows(
        release("service_desk", tmp_path),
        """
        select
            count(*),
            count(distinct customer_id),
            count(resolution_hours),
            round(median(resolution_hours), 1),
            (select count(*) from marts.customers),
            (
                select sum(ticket_count) from marts.agent_satisfaction
                where period = 'year'
            )
        from marts.tickets
        """,
    ) == [(24_918, 5_244, 23_362, 22.1, 5_244, 24_819)]
