"""What the marts about the pipeline itself must be, for a dashboard to be trusted."""

from expectations.rules import as_many_as, between, never, one_of

SUITES = {
    "freshness": [
        as_many_as("ops.freshness", "A table that is left out goes quiet unseen."),
        one_of(
            "policy", ["declared", "learnt", "none"], "Dashboards explain these words."
        ),
        never(
            "is_stale and stale_at > judged_at",
            "A source is called quiet only when its time is over.",
            show=["source_system", "source_table", "stale_at", "judged_at"],
        ),
    ],
    "data_quality": [
        one_of("severity", ["error", "warning"], "Dashboards filter by these words."),
        between("failed_share", 0, 1, "More rows cannot fail than there are."),
    ],
    "identity_quality": [
        as_many_as("ops.identity_quality", "A lost figure hides a change of identity."),
        never(
            "basis = 'truth' and value > 1 "
            "and metric not in ('records', 'people', 'customers')",
            "Scores are shares.",
            show=["identity_version", "metric", "value"],
        ),
    ],
}
