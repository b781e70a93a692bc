"""Web events of Snowplow's own tests, against the sessions and users they expect.

Where definitions differ, and why, is in the README of the example.
"""

import os
from pathlib import Path

import duckdb
import pytest

from orchestration.warehouse import PROJECT_ROOT
from tests.pipeline.example_projects import build

EXPECTED = (
    Path(os.environ.get("C360_SHARED_DATA", PROJECT_ROOT / "../shared/data"))
    / "snowplow_web"
)
SECONDS_BEFORE_A_PING = 5
"""The tracker's first ping comes after so long; Snowplow dates it back by that."""

SPLIT_BY_SILENCE = {"long session", "Rotating domain_userid per session"}
SPLIT_BY_PERSON = {
    "user stitch - session: 1st id: 1",
    "user stitch - session: 2nd id: 3",
}
JOINED = {"Multiple first sessions per user", "Multiple last sessions per user"}


@pytest.fixture(scope="module")
def web(tmp_path_factory):
    """The warehouse of the example, with the expected tables beside it."""
    warehouse = build("snowplow_web", tmp_path_factory.mktemp("snowplow_web"))
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        connection.execute(
            f"""
            create temp view sessions_expected as
            select
                user_id,
                'snowplow_web:cookie:' || original_domain_userid as device_record_key,
                cast(start_tstamp as timestamp) as started_at,
                cast(end_tstamp as timestamp) as ended_at,
                cast(page_views as integer) as page_view_count,
                cast(total_events as integer) as event_count,
                first_page_url as entry_url,
                mkt_campaign as utm_campaign
            from '{EXPECTED}/snowplow_web_sessions_expected.parquet';
            create temp view users_expected as
            select
                user_id,
                'snowplow_web:cookie:' || original_domain_userid as device_record_key,
                cast(start_tstamp as timestamp) as started_at,
                cast(end_tstamp as timestamp) as ended_at,
                cast(page_views as integer) as page_view_count
            from '{EXPECTED}/snowplow_web_users_expected.parquet';
            create temp view consents_expected as
            select
                domain_userid,
                cast(last_consent_event_tstamp as timestamp) as stated_at,
                list_sort(string_split(last_consent_scopes, ', ')) as scopes,
                cast(is_latest_version as boolean) as is_latest_version
            from '{EXPECTED}/snowplow_web_consent_users_expected.parquet'
            where last_consent_scopes is not null;
            create temp view scopes_expected as
            select scope, cast(total_consent as integer) as total_consent
            from '{EXPECTED}/snowplow_web_consent_scope_status_expected.parquet'
            """
        )
        yield connection


def rows(connection, sql: str) -> list[tuple]:
    return connection.execute(sql).fetchall()


COLUMNS = "ended_at, page_view_count, event_count, entry_url, utm_campaign"


def test_sessions_are_the_expected_ones_but_for_what_is_defined_differently(web):
    differing = rows(
        web,
        f"""
        select expected.user_id
        from sessions_expected as expected
        left join core.sessions as sessions
            on
                coalesce(sessions.device_record_key, '')
                = coalesce(expected.device_record_key, '')
                and sessions.started_at - expected.started_at in (
                    interval 0 second, interval {SECONDS_BEFORE_A_PING} second
                )
                and {
            " and ".join(
                f"sessions.{column} is not distinct from expected.{column}"
                for column in COLUMNS.split(", ")
            )
        }
        where sessions.session_id is null
        order by expected.user_id
        """,
    )
    assert len(rows(web, "from sessions_expected")) == 18
    assert sorted(user for (user,) in differing) == sorted(
        [*SPLIT_BY_SILENCE, *SPLIT_BY_PERSON, *JOINED, *JOINED]
    )


def test_only_what_a_ping_begins_begins_later_here(web):
    later = rows(
        web,
        """
        select expected.user_id, sessions.started_at - expected.started_at
        from sessions_expected as expected
        inner join core.sessions as sessions
            on
                sessions.device_record_key = expected.device_record_key
                and sessions.ended_at = expected.ended_at
                and sessions.page_view_count = expected.page_view_count
                and sessions.started_at <> expected.started_at
        order by 1
        """,
    )
    assert [user for user, _ in later] == [*["No edge cases"] * 2, "stray page ping"]
    assert {seconds.total_seconds() for _, seconds in later} == {SECONDS_BEFORE_A_PING}


def test_sessions_that_are_cut_differently_hold_the_same_views(web):
    """Two that begin at once are one visit; silence and people cut others."""
    found = dict(
        rows(
            web,
            """
            select expected.user_id, (sum(sessions.page_view_count), count(*))
            from (select distinct user_id, device_record_key from sessions_expected)
                as expected
            inner join core.sessions as sessions
                on sessions.device_record_key = expected.device_record_key
            group by expected.user_id
            """,
        )
    )
    assert found["Multiple first sessions per user"] == (4, 1)
    assert found["Multiple last sessions per user"] == (4, 1)
    # Two sessions there, of one page view and of six, in which ten people log in.
    assert found["user stitch - session: 1st id: 1"] == (7, 10)


def test_users_have_the_expected_views_from_first_to_last(web):
    """A user is a cookie there; who rotates cookies is one person by the user id."""
    differing = rows(
        web,
        """
        with

        sessions as (

            select
                coalesce(people.user_id, 'cookie') as user_id,
                sessions.*
            from core.sessions as sessions
            left join (
                select distinct record_key, identifier_value as user_id
                from core.identifiers where identifier_type = 'user_id'
            ) as people
                on sessions.record_key = people.record_key

        ),

        found as (

            select
                expected.user_id,
                min(sessions.started_at) as started_at,
                max(sessions.ended_at) as ended_at,
                sum(sessions.page_view_count) as page_view_count
            from users_expected as expected
            inner join sessions
                on
                    sessions.device_record_key = expected.device_record_key
                    or sessions.user_id = expected.user_id
            group by expected.user_id

        )

        select expected.user_id, found.page_view_count, expected.page_view_count
        from users_expected as expected
        left join found on expected.user_id = found.user_id
        where
            (found.started_at, found.ended_at, found.page_view_count)
            is distinct from
            (expected.started_at, expected.ended_at, expected.page_view_count)
        order by expected.user_id
        """,
    )
    assert len(rows(web, "from users_expected")) == 11
    # Snowplow drops what comes three days after a session began.
    assert differing == [("Unexpired session", 2, 1), ("long session", 4, 2)]


LATEST_ANSWERS = """
    (
        select
            identifier_value as domain_userid,
            stated_at,
            case purpose
                when 'analytics' then 'statistics'
                when 'profiling' then 'preferences'
                else purpose
            end as scope,
            status = 'granted' as is_granted
        from core.consents
        qualify row_number() over (
            partition by identifier_type, identifier_value, purpose
            order by stated_at desc
        ) = 1
    )
"""


def test_the_latest_answer_in_each_cookie_allows_what_is_expected(web):
    """What is necessary needs no consent here, and is a scope like others there."""
    differing = rows(
        web,
        f"""
        with

        found as (

            select
                domain_userid,
                max(stated_at) as stated_at,
                list_sort(
                    list_append(
                        coalesce(list(scope) filter (is_granted), []), 'necessary'
                    )
                ) as scopes
            from {LATEST_ANSWERS}
            group by domain_userid

        )

        select expected, found
        from (select domain_userid, stated_at, scopes from consents_expected)
            as expected
        full join found on expected.domain_userid = found.domain_userid
        where expected is distinct from found
        """,
    )
    assert rows(web, "select count(*) from consents_expected") == [(25,)]
    assert differing == []


def test_each_purpose_is_allowed_as_often_as_expected(web):
    """Snowplow counts those who saw the latest version of the banner."""
    found = rows(
        web,
        f"""
        select scope, count(*)
        from {LATEST_ANSWERS} as answers
        inner join consents_expected using (domain_userid)
        where is_granted and is_latest_version
        group by scope
        """,
    )
    expected = dict(rows(web, "from scopes_expected"))
    assert expected.pop("necessary") == 13
    assert dict(found) == expected


def test_the_page_of_the_example_counts_what_there_is(web):
    """Its README names these figures."""
    events = rows(
        web, "select count(*), count(distinct event_id) from raw_snowplow_web.events"
    )
    assert events == [(160, 157)]
    consents = "select count(*), count(distinct purpose) from core.consents"
    assert rows(web, consents) == [(96, 3)]
    only_here = rows(
        web,
        """
        select count(distinct device_record_key) from core.sessions
        where device_record_key not in (
            select device_record_key from sessions_expected
            where device_record_key is not null
        )
        """,
    )
    assert only_here == [(31,)]
