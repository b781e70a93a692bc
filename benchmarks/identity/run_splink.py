"""Run Splink on a labelled table: python run_splink.py RECORDS TABLE CLUSTERS.

The models are those of Splink's own examples where it has one of the table (its
quick start, its 50 k historical people, FEBRL4), without soc_sec_id; and of its
comparison library, in the same manner, where it has none. Each is trained on the table
itself as its documentation recommends: the prior from deterministic rules, u from
random pairs, m by expectation maximisation under two blocking rules. Tables named
world_<people> are of our sample world.
"""

from __future__ import annotations

import logging
import sys
from pathlib import Path
from typing import Any

import duckdb
import splink.comparison_library as cl
from splink import DuckDBAPI, Linker, SettingsCreator, block_on

THRESHOLD = 0.95
SEED = 1

_HISTORICAL = {
    "columns": "*, first_name || ' ' || surname as both_names",
    "comparisons": [
        cl.ForenameSurnameComparison(
            "first_name", "surname", forename_surname_concat_col_name="both_names"
        ),
        cl.DateOfBirthComparison("dob", input_is_string=True),
        cl.PostcodeComparison("postcode_fake"),
        cl.ExactMatch("birth_place").configure(term_frequency_adjustments=True),
        cl.ExactMatch("occupation").configure(term_frequency_adjustments=True),
    ],
    "block": [
        ("first_name", "surname"),
        ("surname", "dob"),
        ("first_name", "dob"),
        ("postcode_fake", "first_name"),
        ("postcode_fake", "surname"),
        ("dob", "birth_place"),
        ("substr(postcode_fake, 1, 3)", "dob"),
        ("substr(postcode_fake, 1, 3)", "first_name"),
        ("substr(postcode_fake, 1, 3)", "surname"),
        ("substr(first_name, 1, 2)", "substr(surname, 1, 2)", "substr(dob, 1, 4)"),
    ],
    "certain": [("first_name", "surname", "dob"), ("dob", "postcode_fake")],
    "recall": 0.6,
    "learn": [("first_name", "surname"), ("dob",)],
}
_FEBRL = {
    "columns": "*",
    "comparisons": [
        cl.NameComparison("given_name"),
        cl.NameComparison("surname"),
        cl.DateOfBirthComparison(
            "date_of_birth", input_is_string=True, datetime_format="%Y%m%d"
        ),
        cl.ExactMatch("street_number").configure(term_frequency_adjustments=True),
        cl.LevenshteinAtThresholds("address_1", [1, 3]),
        cl.DamerauLevenshteinAtThresholds("postcode", [1, 2]),
    ],
    "block": [
        ("given_name", "surname"),
        ("date_of_birth",),
        ("postcode", "surname"),
        ("postcode", "given_name"),
        ("street_number", "address_1"),
        ("substr(given_name, 1, 3)", "substr(surname, 1, 3)"),
    ],
    "certain": [
        ("given_name", "surname", "date_of_birth"),
        ("given_name", "surname", "address_1"),
    ],
    "recall": 0.8,
    "learn": [("date_of_birth",), ("given_name", "surname")],
}
_RLDATA = {
    "columns": "*, concat_ws('-', \"by\", lpad(bm, 2, '0'), lpad(bd, 2, '0')) as dob",
    "comparisons": [
        cl.NameComparison("fname_c1"),
        cl.NameComparison("lname_c1"),
        cl.DateOfBirthComparison("dob", input_is_string=True),
    ],
    "block": [
        ("fname_c1", "lname_c1"),
        ("dob",),
        ("lname_c1", "substr(dob, 1, 4)"),
        ("fname_c1", "substr(dob, 6)"),
    ],
    "certain": [("fname_c1", "dob"), ("lname_c1", "dob")],
    "recall": 0.7,
    "learn": [("fname_c1", "lname_c1"), ("dob",)],
}
_FAKE = {
    "columns": "*",
    "comparisons": [
        cl.NameComparison("first_name"),
        cl.NameComparison("surname"),
        cl.DateOfBirthComparison("dob", input_is_string=True),
        cl.ExactMatch("city").configure(term_frequency_adjustments=True),
        cl.EmailComparison("email"),
    ],
    "block": [
        ("first_name", "surname"),
        ("surname", "dob"),
        ("first_name", "dob"),
        ("first_name", "city"),
        ("surname",),
        ("email",),
    ],
    "certain": [("first_name", "surname", "dob"), ("email",)],
    "recall": 0.7,
    "learn": [("first_name", "surname"), ("dob",)],
}
_SENZING = {
    "columns": """
        record_id,
        PRIMARY_NAME_FIRST as first,
        coalesce(PRIMARY_NAME_LAST, PRIMARY_NAME_ORG) as last,
        try_strptime(
            DATE_OF_BIRTH, ['%m/%d/%y', '%m/%d/%Y', '%Y-%m-%d', '%b %d %Y']
        ) as dob,
        EMAIL_ADDRESS as email,
        regexp_replace(PHONE_NUMBER, '[^0-9]', '', 'g') as phone,
        coalesce(ADDR_FULL, ADDR_LINE1) as street
    """,
    "comparisons": [
        cl.NameComparison("first"),
        cl.NameComparison("last"),
        cl.DateOfBirthComparison("dob", input_is_string=False),
        cl.EmailComparison("email"),
        cl.ExactMatch("phone"),
        cl.LevenshteinAtThresholds("street", [1, 3]),
    ],
    "block": [("last",), ("dob",), ("email",), ("phone",), ("street",)],
    "certain": [("first", "last", "dob"), ("email",), ("phone",)],
    "recall": 0.7,
    "learn": [("last",), ("dob",)],
}
# The best F1 of nine models, with the truth of 1,000 people in view, and of five
# thresholds, with that of the table: families share a street, and namesakes grow with
# the table, so that at .95 many are one person.
_WORLD = {
    "columns": """
        record_id, birth_date, email, phone, postal_code, street,
        coalesce(given_name, nullif(split_part(full_name, ' ', 1), full_name)) as given,
        coalesce(family_name, regexp_extract(full_name, ' ([^ ]+)$', 1)) as family
    """,
    "comparisons": [
        cl.NameComparison("given").configure(term_frequency_adjustments=True),
        cl.NameComparison("family").configure(term_frequency_adjustments=True),
        cl.DateOfBirthComparison("birth_date", input_is_string=False),
        cl.EmailComparison("email").configure(term_frequency_adjustments=True),
        cl.ExactMatch("phone").configure(term_frequency_adjustments=True),
        cl.LevenshteinAtThresholds("street", [1, 3]),
    ],
    "block": [
        ("email",),
        ("phone",),
        ("given", "family"),
        ("given", "birth_date"),
        ("family", "birth_date"),
        ("family", "postal_code"),
        ("given", "postal_code"),
        ("street",),
    ],
    "certain": [("given", "email"), ("given", "phone"), ("given", "family", "street")],
    "recall": 0.7,
    "learn": [("given", "family"), ("email",)],
    "threshold": {"world_10000": 0.999, "world_100000": 0.9999},
}
MODELS: dict[str, dict[str, Any]] = {
    "historical_50k": _HISTORICAL,
    "febrl1": _FEBRL,
    "febrl2": _FEBRL,
    "febrl3": _FEBRL,
    "febrl4": _FEBRL,
    "rldata10000": _RLDATA,
    "fake_1000": _FAKE,
    "senzing_truthset": _SENZING,
    "world": _WORLD,
}


def main(records: Path, table: str, clusters: Path) -> None:
    """Train on the table, link it, and write (record_id, cluster) of every record."""
    model = MODELS["world" if table.startswith("world_") else table]
    connection = duckdb.connect()
    connection.execute("set threads = 2")
    connection.execute("set memory_limit = '6GB'")
    connection.execute(
        f"create table people as select {model['columns']} "
        f"from read_parquet('{records}')"
    )
    api = DuckDBAPI(connection)
    settings = SettingsCreator(
        link_type="dedupe_only",
        unique_id_column_name="record_id",
        comparisons=model["comparisons"],
        blocking_rules_to_generate_predictions=[block_on(*r) for r in model["block"]],
    )
    linker = Linker(api.register("people"), settings, log_level=logging.ERROR)
    learn = linker.training
    learn.estimate_probability_two_random_records_match(
        [block_on(*rule) for rule in model["certain"]], recall=model["recall"]
    )
    learn.estimate_u_using_random_sampling(max_pairs=5e6, seed=SEED)
    for rule in model["learn"]:
        learn.estimate_parameters_using_expectation_maximisation(
            block_on(*rule), record_sample_proportion=1.0
        )
    threshold = model.get("threshold", {}).get(table, THRESHOLD)
    pairs = linker.inference.predict(threshold_match_probability=threshold)
    found = linker.clustering.cluster_pairwise_predictions_at_threshold(
        pairs, threshold_match_probability=threshold
    )
    connection.execute(
        f"copy (select record_id, cluster_id as cluster from {found.physical_name}) "
        f"to '{clusters}' (format parquet)"
    )


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], Path(sys.argv[3]))
