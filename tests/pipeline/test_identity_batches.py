"""However records arrive, the same people are one, and the ledger tells all."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.pipeline.identity_chain import IdentityChain, groups, states

GIVEN_NAMES = ("Ann", "Annie", "Bob", "Robert", None)
FAMILY_NAMES = ("Fox", "Lee", "Ray", None)
BIRTH_DATES = ("1950-01-02", "1950-01-03", "1980-05-06", None)

# Few values, so that nearly everybody shares some, and limits are broken.
Record = dict[str, Any]
RECORDS = st.fixed_dictionaries(
    {
        "user_id": st.none() | st.integers(0, 30),
        "email": st.none() | st.integers(0, 12),
        "phone": st.none() | st.integers(0, 6),
        "given_name": st.sampled_from(GIVEN_NAMES),
        "family_name": st.sampled_from(FAMILY_NAMES),
        "birth_date": st.sampled_from(BIRTH_DATES),
    }
)
TYPES = {
    "user_id": "u{}",
    "email": "p{}@mail.com",
    "phone": "+1555010{:04}",
}


@st.composite
def arrivals(draw: st.DrawFn) -> tuple[list[Record], list[list[int]]]:
    """Return records, and their numbers in batches, in any order."""
    records = draw(st.lists(RECORDS, min_size=30, max_size=40))
    order = draw(st.permutations(range(len(records))))
    ends = sorted(
        draw(st.sets(st.integers(1, len(records) - 1), min_size=1, max_size=2))
    )
    starts = [0, *ends]
    batches = zip(starts, [*ends, len(order)], strict=True)
    return records, [order[start:end] for start, end in batches]


@pytest.fixture(scope="module")
def bring(laboratory) -> Callable[[list[Record], list[list[int]]], dict]:
    """Take in records batch by batch; return whose each record is in the end.

    After every batch, the ledger must tell each change of an id, and nothing else.
    """
    chain = laboratory

    def run(records: list[Record], batches: list[list[int]]) -> dict[str, str]:
        chain.empty()
        identifiers: list[dict] = []
        profiles: list[dict] = []
        before: dict[str, str] = {}
        for day, batch in enumerate(batches):
            for place, number in enumerate(batch):
                record = records[number]
                key = f"shop:customer:{number}"
                row = f"2026-01-{day + 1:02d}|f|{place:03d}"
                values = {
                    name: form.format(record[name])
                    for name, form in TYPES.items()
                    if record[name] is not None
                }
                identifiers += states(key, row, **values)
                names = {name: record[name] for name in record if name not in TYPES}
                profiles.append({"record_key": key, "source_row": row} | names)
            chain.run(identifiers=identifiers, profiles=profiles)
            after = chain.customers()
            assert told_changes(chain) == {
                (before[key], after[key]) for key in before if before[key] != after[key]
            } | {(None, customer) for customer in created(before, after)}
            before = after
        return before

    return run


def told_changes(chain: IdentityChain) -> set[tuple[str | None, str]]:
    """Return the old and new ids of the entries that the last run made."""
    return set(
        chain.query(
            "select old_customer_id, new_customer_id from identity.identity_ledger "
            "where changed_at = (from ops.clock)"
        )
    )


def created(before: dict[str, str], after: dict[str, str]) -> set[str]:
    """Return the ids of customers whose oldest record is new."""
    newcomers = {after[key] for key in after.keys() - before.keys()}
    return newcomers - set(before.values()) - {after[key] for key in before}


@settings(
    max_examples=3,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
)
@given(arrivals())
def test_any_batches_in_any_order_end_with_the_same_clusters(bring, arrival):
    records, batches = arrival
    whole = bring(records, [list(range(len(records)))])
    assert groups(bring(records, batches)) == groups(whole)
