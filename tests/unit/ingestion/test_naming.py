"""The names of raw columns."""

import pytest

from orchestration.ingestion.naming import snake_case


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Record ID", "record_id"),
        ("State/Region", "state_region"),
        ("Associated Company IDs (Primary)", "associated_company_ids_primary"),
        ("Contact owner", "contact_owner"),
        ("messageId", "message_id"),
        ("originalTimestamp", "original_timestamp"),
        ("userID", "user_id"),
        ("HTTPStatus", "http_status"),
        ("address1", "address1"),
        ("line2Text", "line2_text"),
        ("already_snake", "already_snake"),
        ("__v", "v"),
        ("  spaced  out ", "spaced_out"),
        ("$message", "message"),
        ("Größe", "größe"),
        ("名前", "名前"),
        ("%", ""),
    ],
)
def test_a_name_in_snake_case(name, expected):
    assert snake_case(name) == expected
