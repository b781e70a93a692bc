"""Tools of your own: CSV files for the one that sends e-mail, JSON for any webhook.

They get values in the clear, and no more of them than the channel needs.
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

_EMAIL_REST = """
    json_object(
        'customer_id', customer_id,
        'email', email,
        'given_name', given_name,
        'family_name', family_name,
        'language', language
    )
"""

# Only what the channel is reached by leaves the house.
_WEBHOOK_REST = """
    json_merge_patch(
        json_object(
            'customer_id', customer_id,
            'given_name', given_name,
            'family_name', family_name,
            'language', language
        ),
        case channel
            when 'email' then json_object('email', email)
            when 'post' then json_object(
                'street', street, 'city', city, 'region', region,
                'postal_code', postal_code, 'country_code', country_code
            )
            when 'ads' then json_object('email', email, 'phone', phone)
            else json_object('phone', phone)
        end
    )
"""

_BY_ID = "json_object('customer_id', customer_id)"


def _webhook_request(settings: Settings, audience_id: str, batch: Batch) -> Request:
    body = {
        "batch_id": batch.batch_id,
        "audience": audience_id,
        "operation": batch.operation,
    }
    headers = {"Idempotency-Key": batch.batch_id}
    return Request(
        "POST",
        settings["url"],
        headers | (bearer(settings) if settings["token"] else {}),
        with_json(body, "members", batch.members),
    )


EMAIL_CSV = Destination(
    name="email_csv",
    title="The e-mail tool",
    channels=frozenset({"email"}),
    email_key="null::varchar",
    phone_key="null::varchar",
    rest=_EMAIL_REST,
    member="rest",
    leaver=_BY_ID,
    is_hashed=False,
    batch_size=100_000,
    settings={"folder": "C360_EMAIL_CSV_DIR"},
    optional={},
    request=None,
)

WEBHOOK = Destination(
    name="webhook",
    title="The webhook",
    channels=frozenset({"email", "sms", "phone", "post", "ads"}),
    email_key="null::varchar",
    phone_key="null::varchar",
    rest=_WEBHOOK_REST,
    member="rest",
    leaver=_BY_ID,
    is_hashed=False,
    batch_size=1_000,
    settings={"url": "C360_WEBHOOK_URL", "token": "C360_WEBHOOK_TOKEN"},
    optional={"token": ""},
    request=_webhook_request,
)
