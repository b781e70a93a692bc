"""Scores against truth, against the definitions spelt out pair by pair."""

from itertools import combinations
from pathlib import Path

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orchestration.identity.quality import score_against_truth

Judged = list[tuple[str, str]]


@pytest.fixture(scope="module")
def score(tmp_path_factory):
    truth: Path = tmp_path_factory.mktemp("truth")

    def run(records: Judged, devices: Judged = ()) -> dict[str, float]:
        with duckdb.connect() as connection:
            connection.execute(
                """
                create schema identity;
                create table identity.record_registry (record_key text, is_device bool);
                create table identity.identity_map (record_key text, customer_id text);
                create table truth (person_id text, record_key text)
                """
            )
            for i, (person, customer) in enumerate([*records, *devices]):
                key, is_device = f"r{i}", i >= len(records)
                connection.execute("insert into truth values (?, ?)", [person, key])
                connection.execute(
                    "insert into identity.record_registry values (?, ?)",
                    [key, is_device],
                )
                connection.execute(
                    "insert into identity.identity_map values (?, ?)", [key, customer]
                )
            connection.execute(f"copy truth to '{truth}/person_records.parquet'")
            return score_against_truth(connection, truth)

    return run


def oracle(records: Judged) -> dict[str, float]:
    """Return the scores by their definitions, over every pair and every record."""
    same_person = {
        (i, j)
        for i, j in combinations(range(len(records)), 2)
        if records[i][0] == records[j][0]
    }
    same_customer = {
        (i, j)
        for i, j in combinations(range(len(records)), 2)
        if records[i][1] == records[j][1]
    }
    both = len(same_person & same_customer)
    precision = both / len(same_customer) if same_customer else 1.0
    recall = both / len(same_person) if same_person else 1.0

    def peers(i: int, side: int) -> set[int]:
        return {j for j, r in enumerate(records) if r[side] == records[i][side]}

    shares = [
        (
            len(peers(i, 0) & peers(i, 1)) / len(peers(i, 1)),
            len(peers(i, 0) & peers(i, 1)) / len(peers(i, 0)),
        )
        for i in range(len(records))
    ]
    people = {person for person, _ in records}
    exact = [
        person
        for person in people
        if any(
            peers(i, 0) == peers(i, 1) for i, r in enumerate(records) if r[0] == person
        )
    ]
    return {
        "records": len(records),
        "people": len(people),
        "customers": len({customer for _, customer in records}),
        "precision": precision,
        "recall": recall,
        "b_cubed_precision": sum(p for p, _ in shares) / len(shares),
        "b_cubed_recall": sum(r for _, r in shares) / len(shares),
        "exact_share": len(exact) / len(people),
    }


@settings(max_examples=40)
@given(
    st.lists(
        st.tuples(st.sampled_from("ABCD"), st.sampled_from("1234")),
        min_size=1,
        max_size=14,
    )
)
def test_scores_equal_their_definitions(score, records):
    found = score(records)
    assert {key: found[key] for key in oracle(records)} == pytest.approx(
        oracle(records)
    )


def test_a_device_counts_neither_for_nor_against(score):
    records = [("A", "1"), ("A", "1"), ("B", "2")]
    assert score(records, devices=[("B", "1")]) == score(records)
    assert score(records)["f1"] == 1


def test_a_wrong_merge_costs_precision_and_a_missed_one_recall(score):
    merged = score([("A", "1"), ("A", "1"), ("B", "1")])
    missed = score([("A", "1"), ("A", "2"), ("B", "3")])
    assert (merged["precision"], merged["recall"]) == (pytest.approx(1 / 3), 1)
    assert (missed["precision"], missed["recall"], missed["f1"]) == (1, 0, 0)
