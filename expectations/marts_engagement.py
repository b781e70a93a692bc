"""What the timeline, its sessions and its events must be before they are published."""

from expectations.rules import as_many_as, between, filled, never, no_rows

SUITES = {
    "interactions": [
        as_many_as(
            "core.interactions",
            "A device that belongs to two people at once would double what it did.",
        ),
    ],
    "sessions": [
        never(
            "ended_at < started_at",
            "A session ends after it began.",
            show=["session_id", "started_at", "ended_at"],
        ),
        between("event_count", 1, None, "A session is made of events."),
        between(
            "duration_seconds",
            0,
            86_400,
            "A day without half an hour of rest is a bot or a page that reloads.",
            share=0.999,
            stops=False,
        ),
    ],
    "store_visits": [
        filled("store_key", "A visit to no store is a misread record.", share=0.99),
        between("dwell_seconds", 0, 86_400, "Nobody stays in a store for a day."),
    ],
    "social_mentions": [
        filled("network", "Without it nobody can answer.", share=0.99, stops=False),
    ],
    "journeys": [
        never(
            "left_at < entered_at",
            "Nobody leaves a stage before entering it.",
            show=["customer_id", "step_number", "entered_at", "left_at"],
        ),
        no_rows(
            """
            select
                count(*) || ' first orders, where marts.customers has '
                || any_value(customers.buyers) || ' who ordered' as said
            from judged
            cross join (
                select count(*) as buyers from marts.customers where order_count > 0
            ) as customers
            where step = 'first order'
            having count(*) <> any_value(customers.buyers)
            """,
            "as many first orders as customers who ordered",
            "Two marts that disagree are both distrusted.",
        ),
    ],
    "next_steps": [between("share", 0, 1, "It is a share.")],
    "conversion_funnel": [
        between("share_of_previous", 0, 1, "Nobody reaches a stage past one before."),
    ],
    "abandoned_carts": [
        no_rows(
            """
            select
                count(*) || ' carts, where marts.sessions has '
                || any_value(sessions.left_behind) as said
            from judged
            cross join (
                select count(*) as left_behind
                from marts.sessions
                where is_cart_abandoned
            ) as sessions
            having count(*) <> any_value(sessions.left_behind)
            """,
            "as many carts as sessions has",
            "Two marts that disagree are both distrusted.",
        ),
    ],
    "events": [filled("session_id", "Every event is part of a session.")],
    "send_times": [
        between("best_hour", 0, 23, "It is an hour of the day."),
        between("expected_share", 0, 1, "It is a share."),
    ],
}
