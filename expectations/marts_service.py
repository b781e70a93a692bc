"""What tickets and answers must be before satisfaction is read from them."""

from expectations.rules import as_many_as, between

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
}
