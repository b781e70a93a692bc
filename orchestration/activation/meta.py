"""Meta Custom Audiences, by the Marketing API.

All keys are hashed, the country as well; a person without e-mail address and phone is
not sent, since the rest alone tells people apart too badly. Reference:
https://developers.facebook.com/docs/marketing-api/reference/custom-audience/users
"""

from __future__ import annotations

from orchestration.activation.destination import (
    Batch,
    Destination,
    Request,
    Settings,
    bearer,
    with_json,
)

# E-mail address and phone, then what `_META_REST` has, in its order.
META_SCHEMA = [
    *("EMAIL", "PHONE", "FN", "LN", "CT", "ST"),
    *("ZIP", "COUNTRY", "GEN", "DOBY", "DOBM", "DOBD"),
]

_META_REST = """
    json_array(
        coalesce(hashed(meta_name(given_name)), ''),
        coalesce(hashed(meta_name(family_name)), ''),
        coalesce(hashed(meta_city(city)), ''),
        coalesce(hashed(meta_region(region, country_code)), ''),
        coalesce(hashed(meta_postal_code(postal_code, country_code)), ''),
        coalesce(hashed(lower(country_code)), ''),
        coalesce(hashed(meta_gender(gender)), ''),
        coalesce(hashed(strftime(birth_date, '%Y')), ''),
        coalesce(hashed(strftime(birth_date, '%m')), ''),
        coalesce(hashed(strftime(birth_date, '%d')), '')
    )
"""

_META_MEMBER = """
    case
        when coalesce(email_key, phone_key) is not null
            then to_json(
                [coalesce(email_key, ''), coalesce(phone_key, '')]
                || from_json(rest, '["varchar"]')
            )
    end
"""


def _meta_request(settings: Settings, audience_id: str, batch: Batch) -> Request:
    session = {
        # A 64-bit number of our own tells the platform that a repeat is one.
        "session_id": int(batch.batch_id[:15], 16),
        "batch_seq": 1,
        "last_batch_flag": True,
        "estimated_num_total": batch.size,
    }
    payload = with_json({"schema": META_SCHEMA}, "data", batch.members)
    return Request(
        "POST" if batch.operation == "add" else "DELETE",
        f"{settings['url'].rstrip('/')}/{settings['list']}/users",
        bearer(settings),
        with_json({"session": session}, "payload", payload.decode()),
    )


META = Destination(
    name="meta",
    title="Meta Custom Audiences",
    channels=frozenset({"ads"}),
    email_key="hashed(meta_email(email))",
    phone_key="hashed(meta_phone(phone))",
    rest=_META_REST,
    member=_META_MEMBER,
    leaver=_META_MEMBER,
    is_hashed=True,
    batch_size=10_000,
    settings={
        "url": "C360_META_URL",
        "token": "C360_META_TOKEN",
        "list": "C360_META_LIST_{AUDIENCE}",
    },
    optional={"url": "https://graph.facebook.com/v25.0"},
    request=_meta_request,
)
