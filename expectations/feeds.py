"""What every system's share of a feed must be: inherited by each stg_<system>__<feed>.

dbt holds the columns and their types, and that our mappings do what they say; here is
what the data itself must be for the next layer to be built on it.
"""

from expectations.rules import between, filled, key, matches, never, one_of
from orchestration.identity.rule_rows import IDENTIFIER_TYPES

RECORD_KEY = r"^[a-z][a-z0-9_]*:[a-z_]+:."
CURRENCY = r"^[A-Z]{3}$"
# Before it no system of these existed; sample worlds may be months ahead of the clock.
FIRST_DAY, LAST_DAY = "date '1990-01-01'", "current_date + interval 1 year"

# What the guide "Add a source" tells people to translate their words to.
WORDS = {
    "identifiers.identifier_type": " ".join(IDENTIFIER_TYPES),
    "interactions.direction": "inbound outbound",
    "orders.status": "placed paid fulfilled cancelled partially_refunded refunded",
    "tickets.status": "new open pending hold solved closed",
    "tickets.satisfaction": "good bad",
    "survey_responses.survey_type": "nps csat ces",
    "consents.status": "granted denied revoked pending",
    "consents.purpose": "marketing analytics profiling third_party_sharing",
    "consents.channel": "email sms phone post ads all",
    "consents.legal_basis": "consent legitimate_interest contract",
    "device_observations.kind": "login logout seen",
    "profiles.gender": "female male other",
}

_OWNER = "A statement about nobody cannot be used."
_KEY = "Later layers join on it; a doubled one doubles money."
_FORM = "Identity reads source and entity from the key."
_CURRENCY = "Amounts without an ISO 4217 currency cannot be added up."
_HEARD = "A refusal in a word that nobody knows would be ignored."
_WORD = (
    "Later layers know these words only; the model of the source translates its own."
)


def _dated(column: str, key: str) -> list:
    return [
        never(
            f"{column} < {FIRST_DAY} or {column} > {LAST_DAY}",
            "A date outside all likelihood was misread; clocks of devices and of tills "
            "are wrong now and then.",
            show=[key, column],
            share=0.001,
        )
    ]


def _money(key: str, amount: str = "amount") -> list:
    return [
        matches("currency", CURRENCY, _CURRENCY),
        never(
            f"{amount} is not null and currency is null",
            _CURRENCY,
            show=[key, amount],
        ),
    ]


def _worded(name: str, why: str = _WORD) -> list:
    return [one_of(name.split(".")[1], WORDS[name].split(), why)]


SUITES = {
    "identifiers": [
        filled("record_key", _OWNER),
        matches("record_key", RECORD_KEY, _FORM),
        filled("identifier_type", "Every rule of identity is by type."),
        *_worded("identifiers.identifier_type"),
        filled(
            "identifier_value",
            "Few values cannot be normalised; more mean that a column was mixed up.",
            share=0.9,
        ),
        never(
            "identifier_type = 'email' and not contains(identifier_value, '@')",
            "A column of something else mapped to e-mail would join strangers.",
            show=["record_key", "identifier_value"],
            share=0.02,
        ),
        *_dated("seen_at", "record_key"),
    ],
    "profiles": [
        filled("record_key", _OWNER),
        matches("record_key", RECORD_KEY, _FORM),
        never(
            "coalesce(given_name, family_name, full_name, email, phone) is null",
            "Many records without any name often mean a lost column; a system of "
            "account numbers has none.",
            show=["record_key"],
            share=0.5,
            stops=False,
        ),
        *_worded("profiles.gender"),
        between(
            "birth_date",
            "1900-01-01",
            "2100-01-01",
            "Placeholders are nulled in staging; what is left should be likely.",
            share=0.99,
        ),
        matches(
            "country_code",
            r"^[A-Z]{2}$",
            "ISO 3166 is what addresses and phones are read by.",
            share=0.99,
        ),
        matches(
            "email",
            r"^[^@\s]+@[^@\s]+\.[^@\s]+$",
            "Staging nulls what is no address.",
            share=0.99,
            stops=False,
        ),
    ],
    "record_links": [
        filled("from_record_key", _OWNER),
        filled("to_record_key", _OWNER),
        never(
            "from_record_key = to_record_key",
            "A record that is merged into itself says nothing.",
            show=["from_record_key"],
            stops=False,
        ),
    ],
    "device_observations": [
        filled("device_record_key", _OWNER),
        filled("record_key", _OWNER),
        filled("observed_at", "Without a time, a device cannot be sliced by login."),
        *_worded("device_observations.kind"),
        *_dated("observed_at", "device_record_key"),
    ],
    "attributes": [filled("record_key", _OWNER), filled("name", _OWNER)],
    "area_attributes": [
        filled("country_code", _OWNER),
        filled("postal_code", _OWNER),
        filled("name", _OWNER),
    ],
    "interactions": [
        *key("interaction_id", _KEY),
        filled("occurred_at", "The timeline is by time.", share=0.999),
        *_dated("occurred_at", "interaction_id"),
        *_worded("interactions.direction"),
        filled("interaction_type", "Sessions and journeys are made of types."),
        never(
            "interaction_type not in "
            "(select interaction_type from seeds.interaction_types)",
            "What a type is worth stands in seeds/interaction_types.csv.",
            show=["interaction_id", "interaction_type"],
        ),
        never(
            "record_key is null and device_record_key is null",
            "Nobody's interactions are few: a form without a name, a walk-in.",
            show=["interaction_id"],
            share=0.05,
            stops=False,
        ),
        between("latitude", -90, 90, "It is no place on earth."),
        between("longitude", -180, 180, "It is no place on earth."),
    ],
    "orders": [
        *key("order_key", _KEY),
        filled("ordered_at", "Revenue is by day."),
        *_dated("ordered_at", "order_key"),
        filled("currency", _CURRENCY),
        matches("currency", CURRENCY, _CURRENCY),
        *_worded("orders.status"),
        filled("net", "An order of nothing is no revenue.", share=0.99),
        never(
            "abs(net - (gross - discount + tax + shipping)) > 0.05",
            "Net is gross - discount + tax + shipping; sources round by some cents.",
            show=["order_key", "gross", "discount", "tax", "shipping", "net"],
            share=0.01,
        ),
    ],
    "order_lines": [
        *key("line_key", _KEY),
        filled("order_key", "A line without its order is lost revenue."),
        filled("quantity", "Without it there is no net.", share=0.99),
        never(
            "quantity < 0",
            "What comes back is a refund; some systems write cancelled orders so, a "
            "fiftieth of the lines of Online Retail.",
            show=["line_key", "order_key", "quantity", "net"],
            share=0.05,
        ),
        filled("currency", _CURRENCY),
    ],
    "refunds": [
        *key("refund_key", _KEY),
        filled("order_key", "A refund without its order stays revenue."),
        filled("amount", "A refund of nothing stays revenue.", share=0.99),
        *_money("refund_key"),
        *_dated("refunded_at", "refund_key"),
    ],
    "payments": [
        *key("payment_key", _KEY),
        filled("order_key", "A payment without its order pays nothing."),
        *_money("payment_key"),
        *_dated("paid_at", "payment_key"),
    ],
    "subscriptions": [
        *key("subscription_key", _KEY),
        filled("record_key", _OWNER),
        *_money("subscription_key"),
        never(
            "ended_at < started_at",
            "Nothing ends before it begins; more than a slip means mixed columns.",
            show=["subscription_key", "started_at", "ended_at"],
            share=0.01,
        ),
    ],
    "loyalty_movements": [
        *key("movement_key", _KEY),
        filled("points", "A movement of nothing moves nothing.", share=0.99),
    ],
    "deals": [
        *key("deal_key", _KEY),
        *_money("deal_key"),
        *_dated("created_at", "deal_key"),
    ],
    "products": [
        *key("product_key", _KEY),
        between("price", 0, None, "A price below nothing was misread.", share=0.999),
    ],
    "stores": [
        *key("store_key", _KEY),
        between("latitude", -90, 90, "It is no place on earth."),
        between("longitude", -180, 180, "It is no place on earth."),
    ],
    "campaigns": [
        *key("campaign_key", _KEY),
        never(
            "ends_at < starts_at",
            "A campaign that ends before it starts is mistyped in the tool.",
            show=["campaign_key", "starts_at", "ends_at"],
            stops=False,
        ),
    ],
    "campaign_spend": [
        filled("campaign_key", _OWNER),
        filled("day", "Spend meets revenue by day."),
        *_money("campaign_key", "cost"),
        between("cost", 0, None, "Platforms credit little, and seldom.", share=0.99),
        never(
            "clicks > impressions",
            "Platforms count some clicks late; more mean swapped columns.",
            show=["campaign_key", "day", "impressions", "clicks"],
            share=0.01,
        ),
    ],
    "tickets": [
        *key("ticket_key", _KEY),
        filled("opened_at", "Waiting times begin there.", share=0.999),
        *_dated("opened_at", "ticket_key"),
        *_worded("tickets.status"),
        *_worded("tickets.satisfaction"),
        never(
            "solved_at < opened_at or first_reply_at < opened_at",
            "Clocks differ a little; more would make waiting times negative.",
            show=["ticket_key", "opened_at", "first_reply_at", "solved_at"],
            share=0.01,
        ),
    ],
    "survey_responses": [
        *key("response_key", _KEY),
        filled("answered_at", "Satisfaction is by period.", share=0.999),
        *_worded("survey_responses.survey_type"),
        never(
            "score not between scale_min and scale_max",
            "NPS and CSAT are shares of a scale; off it they are nonsense.",
            show=["response_key", "survey_type", "score", "scale_min", "scale_max"],
            share=0.01,
        ),
    ],
    "consents": [
        *key("statement_id", "Each statement counts once."),
        filled("purpose", "Consent is per purpose."),
        *_worded("consents.purpose", _HEARD),
        filled("channel", "Consent is per channel."),
        *_worded("consents.channel", _HEARD),
        filled("status", "A statement without an answer must not count as a yes."),
        *_worded("consents.status", _HEARD),
        *_worded("consents.legal_basis"),
        filled("stated_at", "The latest statement holds, so each needs its time."),
        never(
            "record_key is null and identifier_value is null",
            "A refusal that reaches nobody would be ignored.",
            show=["statement_id"],
            share=0.01,
        ),
    ],
    "accounts": [*key("account_key", _KEY)],
}
