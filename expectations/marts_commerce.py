"""What orders, lines and products must be before people read revenue from them."""

from expectations.rules import as_many_as, between, never

_NO_LOSS = "A join that loses or doubles a row loses or doubles revenue."
_UNRATED = "net is not null and net_reporting is null"


def _rated(*show: str) -> list:
    return [
        never(
            _UNRATED,
            "Amounts in a currency without a rate are in no reported total; so many "
            "mean that the rates of a main currency are missing.",
            show=show,
            share=0.1,
        ),
        never(
            _UNRATED,
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
        *_rated("line_key", "currency", "net"),
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
