"""What campaign figures must be before budgets are decided on them."""

from expectations.rules import between, never

SUITES = {
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
