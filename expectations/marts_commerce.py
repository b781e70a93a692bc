"""What orders, lines and products must be before people read revenue from them."""

from expectations.rules import as_many_as, between, never, no_rows

_NO_LOSS = "A join that loses or doubles a row loses or doubles revenue."


def _rated(*show: str, amount: str = "net") -> list:
    unrated = f"{amount} is not null and {amount}_reporting is null"
    return [
        never(
            unrated,
            "Amounts in a currency without a rate are in no reported total; so many "
            "mean that the rates of a main currency are missing.",
            show=show,
            share=0.1,
        ),
        never(
            unrated,
            "Amounts in a currency without a rate are in no reported total: add its "
            "rates.",
            show=show,
            share=0.01,
            stops=False,
        ),
    ]


SUITES = {
    "orders": [
        as_many_as("core.orders", _NO_LOSS),
        *_rated("order_key", "currency", "net"),
        never(
            "refunded > greatest(net, 0) + 0.05",
            "Sources refund what was paid; some pay back shipping or goodwill on top. "
            "The excess is in the reporting currency.",
            show=["order_key", "currency", "net", "refunded"],
            share=0.02,
            excess="refunded_reporting - greatest(net_reporting, 0)",
            stops=False,
        ),
        never(
            "customer_id is null",
            "Cash sales have no customer; a jump means that a link to people broke.",
            show=["order_key", "record_key"],
            share=0.8,
            stops=False,
        ),
    ],
    "order_lines": [
        as_many_as("core.order_lines", _NO_LOSS),
        *_rated("line_key", "currency", "net"),
        never(
            "product_key is null",
            "Tills sell some things by hand; more means that SKUs no longer meet.",
            show=["line_key", "sku", "name"],
            share=0.2,
            stops=False,
        ),
    ],
    "refunds": [
        as_many_as("core.refunds", _NO_LOSS),
        *_rated("refund_key", "currency", "amount", amount="amount"),
        between(
            "amount",
            0,
            None,
            "A refund is a positive number; below nothing it would add revenue.",
            share=0.99,
            stops=False,
        ),
        never(
            "refunded_at < ordered_at",
            "Clocks of shop and till differ a little; more means that dates are mixed.",
            show=["refund_key", "order_key", "ordered_at", "refunded_at"],
            share=0.01,
            stops=False,
        ),
    ],
    "payments": [
        as_many_as("core.payments", _NO_LOSS),
        *_rated("payment_key", "currency", "amount", amount="amount"),
    ],
    "subscriptions": [
        as_many_as("core.subscriptions", _NO_LOSS),
    ],
    "loyalty": [as_many_as("core.loyalty_movements", _NO_LOSS)],
    "deals": [
        as_many_as("core.deals", _NO_LOSS),
        never(
            "closed_at < created_at",
            "Sales people type dates by hand; few are wrong.",
            show=["deal_key", "created_at", "closed_at"],
            share=0.05,
            stops=False,
        ),
    ],
    "stores": [as_many_as("core.stores", "A store that is doubled sells twice.")],
    "cohort_retention": [
        between("retention_share", 0, 1, "No more come back than came."),
        never(
            "months_since = 0 and retention_share <> 1",
            "Everyone of a cohort bought in its first month.",
            show=["cohort_month", "cohort_customer_count", "customer_count"],
        ),
        no_rows(
            """
            select
                coalesce(sum(order_count), 0) || ' sales, where marts.orders has '
                || any_value(sales.orders) as said
            from judged
            cross join (
                select count(*) as orders
                from marts.orders as orders
                inner join marts.customers as customers
                    on orders.customer_id = customers.customer_id
                where orders.is_sale
                    and orders.ordered_at <= (select as_of from core.as_of)
            ) as sales
            having coalesce(sum(order_count), 0) <> any_value(sales.orders)
            """,
            "as many sales as marts.orders has of customers",
            "Two marts that disagree are both distrusted.",
        ),
    ],
    "products": [
        between("price", 0, None, "A price below nothing was misread.", share=0.999),
    ],
    "trends": [
        never(
            "is_forecast and (forecast < lower_80 or forecast > upper_80)",
            "A forecast outside its own interval is no forecast.",
            show=["metric", "period", "period_start"],
        ),
    ],
}
