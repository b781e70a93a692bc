"""What the timeline, its sessions and its events must be before they are published."""

from expectations.rules import as_many_as, between, filled, never

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
    "events": [filled("session_id", "Every event is part of a session.")],
}
