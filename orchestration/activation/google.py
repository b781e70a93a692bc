"""Google Customer Match, by the Data Manager API.

E-mail, phone and names are hashed, country and postal code are not; an address counts
only when it is whole. Reference:
https://developers.google.com/data-manager/api/reference/rest/v1/audienceMembers
"""

from __future__ import annotations

from typing import Any

from orchestration.activation.destination import (
    Batch,
    Destination,
    Request,
    Settings,
    bearer,
    with_json,
)

_GOOGLE_REST = """
    case
        when
            given_name is not null
            and family_name is not null
            and country_code is not null
            and google_postal_code(postal_code, country_code) <> ''
            then json_object(
                'givenName', hashed(google_name(given_name)),
                'familyName', hashed(google_name(family_name)),
                'regionCode', upper(country_code),
                'postalCode', google_postal_code(postal_code, country_code)
            )
    end
"""

_GOOGLE_MEMBER = """
    case
        when coalesce(email_key, phone_key, cast(rest as varchar)) is not null
            then json_object('userData', json_object('userIdentifiers', list_filter(
                [
                    case when email_key is not null
                        then json_object('emailAddress', email_key) end,
                    case when phone_key is not null
                        then json_object('phoneNumber', phone_key) end,
                    case when rest is not null
                        then json_object('address', cast(rest as json)) end
                ],
                lambda identifier: identifier is not null
            )))
    end
"""


def _google_request(settings: Settings, audience_id: str, batch: Batch) -> Request:
    account = settings["account"].replace("-", "")
    body: dict[str, Any] = {
        "destinations": [
            {
                "operatingAccount": {"accountType": "GOOGLE_ADS", "accountId": account},
                "productDestinationId": settings["list"],
            }
        ],
        "encoding": "HEX",
    }
    if batch.operation == "add":
        body["consent"] = {
            "adUserData": "CONSENT_GRANTED",
            "adPersonalization": "CONSENT_GRANTED",
        }
        body["termsOfService"] = {"customerMatchTermsOfServiceStatus": "ACCEPTED"}
    verb = "ingest" if batch.operation == "add" else "remove"
    return Request(
        "POST",
        f"{settings['url'].rstrip('/')}/v1/audienceMembers:{verb}",
        bearer(settings),
        with_json(body, "audienceMembers", batch.members),
    )


GOOGLE = Destination(
    name="google",
    title="Google Customer Match",
    channels=frozenset({"ads"}),
    email_key="hashed(google_email(email))",
    phone_key="hashed(google_phone(phone))",
    rest=_GOOGLE_REST,
    member=_GOOGLE_MEMBER,
    leaver=_GOOGLE_MEMBER,
    is_hashed=True,
    batch_size=10_000,
    settings={
        "url": "C360_GOOGLE_URL",
        "token": "C360_GOOGLE_TOKEN",
        "account": "C360_GOOGLE_ACCOUNT",
        "terms": "C360_GOOGLE_CUSTOMER_MATCH_TERMS",
        "list": "C360_GOOGLE_LIST_{AUDIENCE}",
    },
    optional={"url": "https://datamanager.googleapis.com"},
    request=_google_request,
)
