"""What the feeds must be once they are united: whole, and fitting each other.

Within one system they were judged by the feeds gate; here is what only shows together.
"""

from expectations.rules import never


def _of_an_order(thing: str, *, stops: bool = True) -> list:
    # Exports are cut at different moments, so the newest few may lack their order.
    return [
        never(
            "order_key not in (select order_key from core.orders)",
            f"A {thing} of an unknown order is in no total; exports cut at different "
            "moments leave few.",
            share=0.01,
            stops=stops,
        )
    ]


SUITES = {
    "core__orders": [
        never(
            "store_key not in (select store_key from core.stores)",
            "What an unknown store sells is in the totals, and in those of no store.",
            show=["order_key", "store_key"],
            stops=False,
        )
    ],
    "core__order_lines": _of_an_order("line"),
    "core__refunds": _of_an_order("refund", stops=False),
    "core__payments": _of_an_order("payment"),
}
