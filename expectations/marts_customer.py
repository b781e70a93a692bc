"""What customers, and what is said about them, must be before it is published."""

from expectations.rules import between, filled, never, no_rows, not_empty

_SCORE = "RFM scores are quintiles."

SUITES = {
    "customers": [
        not_empty("A release without customers would empty every list made from it."),
        no_rows(
            """
            select
                count(*) || ' customers, where identity.identity_map has '
                || any_value(mapped.customers) as said
            from judged
            cross join (
                select count(distinct customer_id) as customers
                from identity.identity_map
                where is_identified and not is_excluded
            ) as mapped
            having count(*) <> any_value(mapped.customers)
            """,
            "every identified customer who is not excluded, once",
            "Who is missing here is missing everywhere.",
        ),
        no_rows(
            """
            select
                coalesce(sum(order_count), 0) || ' orders, where marts.orders has '
                || any_value(sales.orders) as said
            from judged
            cross join (
                select count(*) as orders
                from marts.orders
                where
                    is_sale
                    and not is_excluded
                    and customer_id in (
                        select customer_id
                        from identity.identity_map
                        where is_identified
                    )
            ) as sales
            having coalesce(sum(order_count), 0) <> any_value(sales.orders)
            """,
            "as many orders as marts.orders has of identified customers",
            "Two marts that disagree are both distrusted.",
        ),
        never(
            "last_seen_at < first_seen_at or last_order_at < first_order_at",
            "Nobody is seen last before being seen first.",
            show=["customer_id", "first_seen_at", "last_seen_at"],
        ),
        never(
            "(is_contactable_email and email is null) "
            "or (is_contactable_phone and phone is null)",
            "A campaign would count on people whom it cannot reach.",
            show=["customer_id"],
            stops=False,
        ),
        never(
            "display_name is null and email is null and phone is null",
            "Loyalty cards without a form are people of whom nothing is known.",
            show=["customer_id"],
            share=0.5,
            stops=False,
        ),
    ],
    "customer_history": [
        no_rows(
            """
            select
                count(*) || ' current versions, where marts.customers has '
                || any_value(known.customers) || ' customers' as said
            from judged
            cross join (
                select count(*) as customers from marts.customers
            ) as known
            where committed_to is null
            having count(*) <> any_value(known.customers)
            """,
            "one current version for every customer",
            "Whoever has two was never closed, whoever has none is forgotten.",
        ),
        never(
            "committed_to <= committed_from",
            "A version that ends before it begins was written by a clock set back.",
            show=["customer_id", "committed_from", "committed_to"],
        ),
    ],
    "customer_records": [
        filled("customer_id", "The mart says whose a record is."),
        between("confidence", 0, 1, "It is a probability."),
    ],
    "exclusions": [
        no_rows(
            """
            select
                excluded || ' of ' || customers || ' people are left out' as said
            from (select count(distinct customer_id) as excluded from judged)
            cross join (
                select count(distinct customer_id) as customers
                from identity.identity_map
                where is_identified
            )
            where excluded > 10 and excluded > 0.05 * customers
            """,
            "at most a twentieth of all customers",
            "A pattern that is too wide takes customers out of every figure.",
        ),
    ],
    "customer_identifiers": [
        filled("customer_id", "The mart says whose an identifier is."),
        filled("identifier_value", "An identifier without a value names nobody."),
    ],
    "customer_rfm": [
        between("recency_score", 1, 5, _SCORE),
        between("frequency_score", 1, 5, _SCORE),
        between("monetary_score", 1, 5, _SCORE),
        between("recency_days", 0, None, "Orders after the cut-off do not count."),
    ],
    "customer_churn": [
        between("churn_probability", 0, 1, "It is a probability."),
        never(
            "first_reason is null and second_reason is not null",
            "A reader takes the first reason for the main one.",
            show=["customer_id"],
        ),
    ],
    "customer_anomalies": [
        never(
            "is_anomalous",
            "A signal that half of the customers give is a change of the business, or "
            "a mistake in the data, and no anomaly.",
            show=["customer_id", "reason"],
            share=0.5,
            stops=False,
        ),
        never(
            "is_anomalous <> (looks_like is not null and reason is not null)",
            "Who is told to look must be told at what.",
            show=["customer_id"],
        ),
    ],
    "customer_recommendations": [
        between("recommendation_rank", 1, 5, "Five products are recommended."),
        never(
            "(reason = 'bestseller') <> (reason_product_key is null)",
            "A reason without its product cannot be told to the customer.",
            show=["customer_id", "product_key"],
        ),
    ],
    "consents": [
        filled("customer_id", "Consent is somebody's."),
        never(
            "is_granted and (statement_id is null or expires_at < stated_at)",
            "No statement is no consent, and mailing without it is unlawful.",
            show=["customer_id", "purpose", "channel", "statement_id"],
        ),
    ],
    "customer_sentiment": [
        between("mean_score", -1, 1, "It is a mean of differences of chances."),
        between("share_unknown", 0, 1, "It is a share."),
    ],
    "visitors": [
        no_rows(
            "select visitor_id from judged inner join marts.customers as customers "
            "on judged.visitor_id = customers.customer_id",
            "no visitor is a customer too",
            "Whoever is both is counted twice.",
        ),
    ],
}
