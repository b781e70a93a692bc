"""What the graph of a customer's identity draws."""

from app.web.customer.graph import elements
from app.web.customer.identity import reason

RECORDS = [
    {"record_key": key, "source_system": key[:4], "entity": "user"}
    for key in ("shop:user:1", "crmx:user:2")
]


def identifier(record_key, **values):
    return {
        "record_key": record_key,
        "evidence_key": "email:a@b.example",
        "link_type": "identifier",
        "identifier_type": "email",
        "identifier_value": "a@b.example",
        "stated_record_key": None,
        "relation": None,
        "is_verified": True,
        "times_seen": 3,
        "match_probability": None,
        "explanation": None,
    } | values


def match(record_key, other):
    return identifier(
        record_key,
        link_type="match",
        stated_record_key=other,
        match_probability=0.97,
        explanation="same name",
    )


def kinds(drawn):
    return sorted(each["data"]["kind"] for each in drawn)


def test_records_that_state_one_address_meet_in_it():
    links = [identifier(record["record_key"]) for record in RECORDS]
    drawn = elements(RECORDS, links, [], [])
    assert kinds(drawn) == ["evidence", "link", "link", "record", "record"]


def test_a_match_is_a_line_with_its_probability():
    drawn = elements(RECORDS, [match("shop:user:1", "crmx:user:2")], [], [])
    (line,) = [each["data"] for each in drawn if each["data"]["kind"] == "match"]
    assert line["said"] == "match, 97.0%: same name"


def test_a_line_to_nowhere_is_not_drawn():
    drawn = elements(RECORDS[:1], [match("shop:user:1", "gone:user:9")], [], [])
    assert kinds(drawn) == ["record"]


def test_cuts_and_the_queue_are_drawn_as_such():
    cut = {
        "record_key": "shop:user:1",
        "identifier_type": "phone",
        "identifier_value": "+1",
        "rejection_reason": "too_many_people",
    }
    pair = {
        "record_key": "shop:user:1",
        "other_record_key": "tills:card:7",
        "reason": "namesakes",
    }
    drawn = elements(RECORDS, [], [cut], [pair])
    assert kinds(drawn) == ["cut", "cut", "other", "queue", "record", "record"]
    said = {each["data"]["said"] for each in drawn}
    assert {"not used: too many people", "waits: namesakes"} <= said


def test_the_reason_of_a_link_is_said_in_words():
    assert reason(identifier("a")) == "states this e-mail, verified, stated 3 times"
    assert "looks like b (97.0%): same name" in reason(match("a", "b"))
