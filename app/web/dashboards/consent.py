"""What may be sent to whom: coverage of consent, and whom audiences reach."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from app.web.charts import bars, stacked
from app.web.figures import (
    BAD,
    GOOD,
    NEUTRAL,
    WARNING,
    figure,
    heading,
    nothing,
    sentence,
)
from app.web.marts import rows
from app.web.text import listing

_STANDINGS = ("granted", "pending", "refused", "nothing stated")
_COVERAGE = """
with

base as (

    select count(*) as customers
    from marts.customers

),

stated as (

    select
        consents.purpose,
        consents.channel,
        case
            when consents.is_granted then 'granted'
            when consents.standing = 'pending' then 'pending'
            else 'refused'
        end as standing,
        count(*) as customers
    from marts.consents as consents
    inner join marts.customers as customers
        on consents.customer_id = customers.customer_id
    group by all

)

select purpose, channel, standing, customers
from stated

union all

select stated.purpose, stated.channel, 'nothing stated',
    base.customers - sum(stated.customers)
from stated
cross join base
group by stated.purpose, stated.channel, base.customers
"""
_CONTACTABLE = """
unpivot (
    select
        avg(cast(is_contactable_email as integer)) as email,
        avg(cast(is_contactable_sms as integer)) as sms,
        avg(cast(is_contactable_phone as integer)) as phone,
        avg(cast(is_contactable_post as integer)) as post,
        avg(cast(is_contactable_ads as integer)) as ads
    from marts.customers
) on * into name channel value share
"""
_AUDIENCES = """
unpivot (
    select
        name as audience,
        member_count as members,
        no_consent_count as "no consent",
        suppressed_count as "declined since",
        unreachable_count as "no address",
        capped_count as "had messages enough"
    from marts.audiences
) on columns(* exclude (audience)) into name standing value customers
"""


def page() -> None:
    """Show the coverage of consent in the release in use."""
    st.title("Consent", anchor=False)
    coverage = rows(_COVERAGE)
    if coverage.empty:
        nothing(
            "No customer has stated anything about consent: nobody may be contacted. "
            "Statements come from the consent source and from sign-ups."
        )
    else:
        _coverage(coverage)
        left, right = st.columns(2, gap="large")
        with left:
            _contactable()
        with right:
            _legal_basis()
    _audiences()


def _coverage(coverage: pd.DataFrame) -> None:
    purposes = sorted(coverage["purpose"].unique(), key=lambda p: p != "marketing")
    purpose = st.segmented_control(
        "Purpose",
        purposes,
        default=purposes[0],
        required=True,
        format_func=sentence,
    )
    figure(
        f"Consent to {purpose.replace('_', ' ')}, by channel",
        coverage[coverage["purpose"] == purpose],
        lambda r: stacked(
            r,
            "channel",
            "customers",
            "standing",
            title="share of customers",
            parts=_STANDINGS,
            colours=(GOOD, WARNING, BAD, NEUTRAL),
            share=True,
        ),
        counts="Identified customers by how the matter stands: across the contact "
        "points of a customer a refusal wins. Nothing stated is no consent.",
        mart="consents, customers",
        empty="Nobody has stated anything on this purpose.",
    )


def _contactable() -> None:
    figure(
        "Whom marketing may reach",
        rows(_CONTACTABLE),
        lambda r: bars(r, "channel", "share", title="share of customers", number=".0%"),
        counts="Identified customers with consent to marketing in the channel and an "
        "address or number for it.",
        mart="customers",
        empty="No customers yet.",
    )


def _legal_basis() -> None:
    figure(
        "Legal basis of what is granted",
        rows(
            "select replace(coalesce(legal_basis, 'not stated'), '_', ' ') as basis, "
            "count(*) as consents from marts.consents where is_granted group by all"
        ),
        lambda r: bars(r, "basis", "consents", title="consents"),
        counts="Consents that stand, one for each customer, purpose and channel, by "
        "the legal basis of the statement that decides.",
        mart="consents",
        empty="No consent stands.",
    )


def _audiences() -> None:
    found = rows(_AUDIENCES)
    figure(
        "Audiences: who is left out, and why",
        found[found["customers"] > 0],
        lambda r: stacked(
            r,
            "audience",
            "customers",
            "standing",
            title="customers named",
            parts=(
                "members",
                "no consent",
                "declined since",
                "no address",
                "had messages enough",
            ),
            colours=(GOOD, BAD, WARNING, NEUTRAL, "#4a7fb5"),
        ),
        counts="Customers whom the query of each audience names: members, and those "
        "held back by the first reason that applies.",
        mart="audiences",
        empty="No audience names anybody: docs/guides/activation.md tells how to add "
        "one.",
    )
    listed = rows(
        "select name, purpose, channel, customer_count, member_count, control_count, "
        "description from marts.audiences order by member_count desc, name"
    )
    if not listed.empty:
        heading("All audiences", "Members as of the cut-off.", "audiences")
        listing(
            (
                row
                | {
                    "purpose": sentence(row["purpose"]),
                    "channel": sentence(row["channel"]),
                }
                for row in listed.to_dict("records")
            ),
            {
                "name": "Audience",
                "description": "Who it is for",
                "purpose": "Purpose",
                "channel": "Channel",
                "customer_count": "Named",
                "member_count": "Members",
                "control_count": "Control group",
            },
            caption="All audiences",
        )
