"""What campaign figures must be before budgets are decided on them."""

from expectations.rules import between, never, no_rows

SUITES = {
    "segments": [
        never(
            "customer_count = 0",
            "A segment of nobody: a source that it goes by is gone, or its rule is "
            "wrong.",
            show=["segment_id", "name"],
            stops=False,
        ),
        never(
            "customer_share > 0.95",
            "A segment of everybody tells nobody apart.",
            show=["segment_id", "name", "customer_share"],
            stops=False,
        ),
    ],
    "segment_members": [
        no_rows(
            """
            select judged.customer_id
            from judged
            anti join marts.customers as customers using (customer_id)
            """,
            "customers only",
            "A list made from a segment would hold people who are none.",
        ),
    ],
    "audiences": [
        never(
            "customer_count = 0",
            "An audience of nobody: a source that it goes by is gone, or its query is "
            "wrong.",
            show=["audience_id", "name"],
            stops=False,
        ),
        never(
            "member_count > 0 and control_count = member_count",
            "All held back and nobody written to measures nothing.",
            show=["audience_id", "member_count"],
            stops=False,
        ),
    ],
    "audience_members": [
        no_rows(
            """
            select judged.audience_id, judged.customer_id
            from judged
            inner join marts.audiences as audiences using (audience_id)
            left join marts.consents as consents
                on
                    judged.customer_id = consents.customer_id
                    and audiences.purpose = consents.purpose
                    and audiences.channel = consents.channel
            where not coalesce(consents.is_granted, false)
            """,
            "only who consented to the purpose and channel",
            "Whoever is exported without consent is written to unlawfully.",
        ),
        no_rows(
            """
            select judged.audience_id, judged.customer_id
            from judged
            anti join marts.customers as customers using (customer_id)
            """,
            "customers only",
            "Staff and test accounts would be written to.",
        ),
    ],
    "attribution": [
        no_rows(
            """
            select direct_sales || ' of ' || sales || ' came so' as said
            from (
                select
                    count(*) as sales,
                    count(*) filter (where channel = 'direct') as direct_sales
                from judged
                where model = 'last_non_direct'
            )
            where sales > 100 and direct_sales > 0.95 * sales
            """,
            "at most 95 % of all sales came of their own accord",
            "Links without tags, or a tracker that is off, leave nothing to credit.",
            stops=False,
        ),
    ],
    "channel_effects": [
        between("removal_effect", 0, 1, "Nobody can lose more than all sales."),
    ],
    "campaign_performance": [
        between("cost_reporting", 0, None, "Platforms credit little, in one currency."),
        no_rows(
            """
            select
                sum(spend.cost) || ' ' || spend.currency || ' of ' || count(*)
                || ' rows' as said
            from core.campaign_spend as spend
            left join core.fx_rates as fx
                on
                    spend.currency = fx.from_currency
                    and spend.day >= fx.valid_from
                    and spend.day < fx.valid_to
            where spend.cost is not null and fx.from_currency is null
            group by spend.currency
            order by spend.currency
            """,
            "rates for all spend",
            "Spend in a currency without a rate costs nothing in reports, and makes "
            "its campaigns look cheap: add its rates.",
            stops=False,
        ),
        never(
            "opened_count > sent_count or clicked_count > sent_count",
            "People are counted once, so no more can open than were sent to; forwarded "
            "mails and lost send events explain few.",
            show=["campaign_key", "sent_count", "opened_count", "clicked_count"],
            share=0.1,
            stops=False,
        ),
    ],
}
