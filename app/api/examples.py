"""What answers look like, for the description of the API; people who do not exist."""

from __future__ import annotations

from typing import Any


def _example(description: str, value: Any) -> dict[int | str, dict[str, Any]]:
    content = {"application/json": {"example": value}}
    return {200: {"description": description, "content": content}}


_SUMMARY = {
    "customer_id": "C0000000042",
    "display_name": "Graham Patel",
    "email": "graham.patel@mail.example",
    "phone": "+447700900123",
    "city": "Leeds",
    "country_code": "GB",
    "company": None,
    "lifecycle_stage": "active",
    "rfm_segment": "champions",
    "order_count": 30,
    "revenue_reporting": "1859.82",
    "last_seen_at": "2026-06-29T19:38:10",
    "is_restricted": False,
}

SEARCH_EXAMPLE = _example(
    "Who was found, the best first.",
    {
        "customers": [
            _SUMMARY
            | {"score": 0.95, "matched_kind": "name", "matched_text": "Graham Patel"}
        ]
    },
)

EXAMPLES = _example(
    "A row of `marts.customers`, some columns of it here.",
    _SUMMARY | {"churn_risk": "low", "former_ids": ["C0000000071"]},
)
