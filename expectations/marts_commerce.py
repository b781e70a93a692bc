"""What orders, lines and products must be before people read revenue from them."""

from expectations.rules import as_many_as, between, never

_NO_LOSS = "A join that loses or doubles a row loses or doubles revenue."
_RATES = (
    "Currencies without a rate drop out of every total in the reporting currency; few "
    "may, while the newest rate is missing."
)

SUITES = {
    "orders": [
        as_many_as("core.orders", _NO_LOSS),
        never(
            "net is not null and net_reporting is null",
            _RATES,
            show=["order_key", "currency", "net"],
            share=0.01,
        ),
        never(
            "refunded > greatest(net, 0) + 0.05",
            "Sources refund what was paid; some pay back shipping or goodwill on top.",
            show=["order_key", "net", "refunded"],
            share=0.02,
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
        never(
            "net is not null and net_reporting is null",
            _RATES,
            show=["line_key", "currency", "net"],
            share=0.01,
        ),
        never(
            "product_key is null",
            "Tills sell some things by hand; more means that SKUs no longer meet.",
            show=["line_key", "sku", "name"],
            share=0.2,
            stops=False,
        ),
    ],
    "products": [
        between("price", 0, None, "A price below nothing was misread.", share=0.999),
    ],
}
