"""What tickets and answers must be before satisfaction is read from them."""

from expectations.rules import as_many_as, between, never, no_rows

_NO_LOSS = "A join that loses or doubles an answer moves every rate."

SUITES = {
    "tickets": [
        as_many_as("core.tickets", _NO_LOSS),
        between("first_reply_hours", 0, None, "Nobody answers before being asked."),
        between("resolution_hours", 0, None, "Nothing is solved before it is opened."),
    ],
    "survey_responses": [
        as_many_as("core.survey_responses", _NO_LOSS),
        between("share_of_scale", 0, 1, "It is a place on a scale."),
    ],
    "satisfaction": [
        between("score", -100, 100, "NPS and CSAT are percentages, CES is below 7."),
        never(
            "score_low > score or score > score_high",
            "A score outside its own interval was computed from other answers.",
            show=["survey_type", "score", "score_low", "score_high"],
        ),
        no_rows(
            """
            select
                coalesce(sum(answer_count), 0) || ' answers, where '
                || 'marts.survey_responses has ' || any_value(answers.given) as said
            from judged
            cross join (
                select count(*) as given
                from marts.survey_responses
                where survey_type = 'nps'
                    and not is_excluded
                    and answered_at is not null
            ) as answers
            where survey_type = 'nps'
                and period = 'year'
                and rfm_segment <> 'all'
                and channel <> 'all'
            having coalesce(sum(answer_count), 0) <> any_value(answers.given)
            """,
            "as many answers to NPS as survey_responses has",
            "An answer that is lost or counted twice moves the score.",
        ),
    ],
    "agent_satisfaction": [
        between("csat", 0, 100, "It is a percentage."),
        never(
            "rating_count > ticket_count",
            "A ticket is rated once.",
            show=["agent_key", "period_start", "ticket_count", "rating_count"],
        ),
    ],
    "satisfaction_drivers": [
        between("score", -100, 100, "NPS and CSAT are percentages."),
    ],
    "closed_loop": [
        never(
            "contacted_at <= answered_at",
            "What came before an answer is no reply to it.",
            show=["response_key", "answered_at", "contacted_at"],
        ),
    ],
}
