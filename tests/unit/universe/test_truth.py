"""The truth of the sample world covers every record that a file states."""

import hashlib

import duckdb
import pytest

from tests.unit.universe.reading import table_rows


def sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def consent_key(row: dict) -> str:
    stated = row["subject_id"] or row["email"] or row["phone"]
    return f"consent:subject:{sha256(stated)}"


def respondent_key(row: dict) -> str:
    email = row["respondent_email"].lower()
    return f"surveys:respondent:{sha256(email) if email else row['respondent_id']}"


def author_key(row: dict) -> str:
    return f"social:author:{row['network']}/{row['author']['handle'].lower()}"


def guest_key(row: dict) -> str | None:
    return None if row["customer"] else f"shopify:guest:{row['id']}"


def segment_user_key(row: dict) -> str | None:
    return row["userId"] and f"segment:user:{row['userId']}"


def zendesk_key(row: dict) -> str | None:
    return f"zendesk:user:{row['id']}" if row["role"] == "end-user" else None


def ping_member_key(row: dict) -> str | None:
    return row["loyalty_id"] and f"beacons:member:{row['loyalty_id']}"


def ticket_key(row: dict) -> str:
    return f"zendesk:user:{row['requester_id']}"


def mail_key(row: dict) -> str:
    return f"klaviyo:profile:{row['relationships']['profile']['data']['id']}"


KEYS = [
    ("shopify/customers", lambda row: f"shopify:customer:{row['id']}"),
    ("shopify/orders", guest_key),
    ("hubspot/contacts", lambda row: f"hubspot:contact:{row['Record ID']}"),
    ("segment/events", segment_user_key),
    ("segment/events", lambda row: f"segment:anonymous:{row['anonymousId']}"),
    ("klaviyo/profiles", lambda row: f"klaviyo:profile:{row['id']}"),
    ("klaviyo/events", mail_key),
    ("zendesk/users", zendesk_key),
    ("zendesk/tickets", ticket_key),
    ("pos/members", lambda row: f"pos:member:{row['loyalty_id']}"),
    ("surveys/responses", respondent_key),
    ("social/posts", author_key),
    ("consent/statements", consent_key),
    (
        "demographics/people",
        lambda row: f"demographics:email_hash:{row['email_sha256']}",
    ),
    ("beacons/pings", lambda row: f"beacons:device:{row['device_id']}"),
    ("beacons/pings", ping_member_key),
]


def column(root, table: str, name: str) -> list[str]:
    query = f"select {name} from '{root}/truth/{table}.parquet'"
    return [value for (value,) in duckdb.sql(query).fetchall()]


@pytest.mark.parametrize("fixture", ["world", "later_world"])
def test_the_truth_knows_every_record_of_the_files_and_no_other(request, fixture):
    root = request.getfixturevalue(fixture)
    known = set(column(root, "person_records", "record_key"))
    shared = set(column(root, "devices", "device_record_key"))
    stated = {
        key
        for table, key_of in KEYS
        for row in table_rows(root, table)
        if (key := key_of(row))
    }
    assert not known & shared
    assert known | shared == stated


def test_a_record_belongs_to_one_person(later_world):
    keys = column(later_world, "person_records", "record_key")
    assert len(keys) == len(set(keys))


def test_people_have_an_address_and_a_number_of_their_own(world):
    emails = [email for pair in column(world, "people", "emails") for email in pair]
    phones = [phone for pair in column(world, "people", "phones") for phone in pair]
    assert len(emails) == len(set(emails))
    assert len(phones) == len(set(phones))


def test_the_times_of_a_shared_device_do_not_overlap(later_world):
    overlaps = duckdb.sql(
        f"""
        select count(*)
        from '{later_world}/truth/devices.parquet' as a
        inner join '{later_world}/truth/devices.parquet' as b
            on a.device_record_key = b.device_record_key
            and coalesce(a.valid_from, '-infinity') < coalesce(b.valid_to, 'infinity')
            and coalesce(b.valid_from, '-infinity') < coalesce(a.valid_to, 'infinity')
            and a.person_id < b.person_id
        """
    ).fetchall()
    assert overlaps == [(0,)]
