"""What campaign figures must be before budgets are decided on them."""

from expectations.rules import between, never, no_rows

SUITES = {
    "attribution": [
        no_rows(
            """
            select
                count(*) as sales,
                count(*) filter (where channel = 'direct') as direct_sales
            from judged
            where model = 'last_non_direct'
            having sales > 100 and direct_sales > 0.95 * sales
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
