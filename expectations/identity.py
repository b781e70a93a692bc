"""Who is who, before it is committed: complete, and without the marks of over-merging.

Without the truth, people put together wrongly show as customers of many names. A person
changes the family name once or twice, is known by few given names, moves a few times.
"""

from expectations.rules import between, never, no_rows, not_empty

_UNSEEN = "Without it identity would be committed without having been measured."


def _metric(name: str, low: float, high: float, why: str) -> list:
    return [
        never(
            f"metric = '{name}' and value not between {low} and {high}",
            why,
        ),
        no_rows(
            f"select 'none' as said where not exists "
            f"(select 1 from judged where metric = '{name}')",
            f"the metric {name} is there",
            _UNSEEN,
        ),
    ]


SUITES = {
    "int_identity__assignments_next": [
        not_empty("An empty assignment would make a stranger of every customer."),
        no_rows(
            """
            select registry.record_key
            from identity.record_registry as registry
            anti join judged using (record_key)
            where not registry.is_device
            """,
            "every record of a person has a customer",
            "A record without a customer takes its orders out of every total.",
        ),
        no_rows(
            """
            select record_key, count(*) as customers
            from judged
            where valid_from is null and valid_to is null
            group by record_key
            having count(*) > 1
            """,
            "no record has two customers at once",
            "Its orders would count twice.",
        ),
        between("confidence", 0, 1, "It is a probability."),
    ],
    "int_identity__clusters": [
        not_empty("No record would be anybody."),
    ],
    "int_identity__quality": [
        *_metric(
            "biggest_customer_records",
            0,
            500,
            "Twelve systems tell of a person some dozen times; hundreds of records are "
            "a shared value that the rules let through.",
        ),
        *_metric(
            "share_over_3_given_names",
            0,
            0.01,
            "Nicknames and typos give a person two or three; more are several people.",
        ),
        *_metric(
            "share_over_3_family_names",
            0,
            0.01,
            "Marriages and typos give a person two or three; more are several people.",
        ),
        *_metric(
            "share_over_5_postcodes",
            0,
            0.02,
            "People move, and have a work address; more than five are several people.",
        ),
    ],
}
