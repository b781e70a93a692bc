"""The same model gives the pairs and weights of Splink, made independently of ours."""

from __future__ import annotations

import logging
import random

import duckdb
import pytest
import splink

from orchestration.matching.rules import Weight, read_comparisons
from orchestration.matching.training import as_splink
from tests.pipeline.identity_chain import IdentityChain

SEED = 3
GIVEN = ["ann", "robert", "maria", "jiwoo", "dora", "egon", "carl", "alice"]
FAMILY = ["fox", "lee", "poe", "kern", "zahn", "kim", "miller", "ray"]
STREETS = ["1 Elm Road", "12 Oak Lane", "3 Den", "40 High Street"]
TOWNS = [("10115", "Berlin"), ("20095", "Hamburg"), ("80331", "Munich")]
BLOCKS = [
    ("both_names",),
    ("given_name", "birth_date"),
    ("family_name", "birth_date"),
    ("birth_date", "postal_code"),
]


def people(count: int) -> list[dict[str, str | None]]:
    """Make people, each with a second record that has slips and gaps."""
    chance = random.Random(SEED)

    def spoil(text: str | None) -> str | None:
        if text is None or chance.random() < 0.15:
            return None
        if chance.random() < 0.3:
            place = chance.randrange(len(text))
            return text[:place] + chance.choice("13579") + text[place + 1 :]
        return text

    rows = []
    for number in range(count):
        given, family = chance.choice(GIVEN), chance.choice(FAMILY)
        code, city = chance.choice(TOWNS)
        row = {
            "given_name": given,
            "family_name": family,
            "birth_date": f"19{number % 40 + 50}-0{chance.randint(1, 9)}-11",
            "email": f"{given}.{chance.randint(10, 99)}@mail.com",
            "phone": f"+1555010{chance.randint(1000, 9999)}",
            "gender": chance.choice(["female", "male"]),
            "street": chance.choice(STREETS),
            "postal_code": code,
            "city": city,
            "job_title": chance.choice(["clerk", "miller", None]),
        }
        again = {name: spoil(value) for name, value in row.items()}
        again |= {"birth_date": row["birth_date"], "family_name": family}
        if chance.random() < 0.2:
            again |= {"given_name": family, "family_name": given}
        if chance.random() < 0.2:
            again["given_name"] = "bob"
        rows += [
            {"record_key": f"crm:contact:{2 * number}", **row},
            {"record_key": f"crm:contact:{2 * number + 1}", **again},
        ]
    return rows


@pytest.fixture(scope="module")
def chain(laboratory):
    """People who are compared by blocks that Splink knows as well."""
    chain = laboratory.empty()
    rules = "part,name,position,level,test,fields,weighs_rarity,max_entities\n"
    seed = chain.root / "seeds/match_rules.csv"
    shipped = seed.read_text()
    lines = shipped.splitlines()[1:]
    blocks = [
        f"block,rule {place},{place},,,{' '.join(fields)},,1000"
        for place, fields in enumerate(BLOCKS, start=1)
    ]
    compared = [line for line in lines if line.startswith("compare")]
    text = rules + "\n".join([*blocks, *compared]) + "\n"
    seed.write_text(text)
    chain.dbt("seed", "--select", "match_rules")
    chain.run(profiles=people(120))
    yield chain
    seed.write_text(shipped)


def splinks_weights(chain: IdentityChain) -> dict[tuple[int, int], float]:
    """Return the weight of each pair by Splink, from the model that we learnt."""
    weights = {
        (comparison, level): Weight(m, u, weight)
        for comparison, level, m, u, weight in chain.query(
            "select comparison, level, m, u, weight "
            "from identity.int_identity__match_weights where comparison <> 'setting'"
        )
    }
    prior = chain.query(
        "select any_value(prior_weight) from identity.int_identity__match_scores"
    )[0][0]
    settings = splink.SettingsCreator(
        link_type="dedupe_only",
        unique_id_column_name="entity_key",
        comparisons=[as_splink(c, weights) for c in read_comparisons()],
        blocking_rules_to_generate_predictions=[
            splink.block_on(*fields) for fields in BLOCKS
        ],
        probability_two_random_records_match=1 / (1 + 2**-prior),
    )
    with duckdb.connect() as connection:
        connection.execute(f"attach '{chain.warehouse}' as built (read_only)")
        connection.execute(
            "create table people as "
            "select * from built.identity.int_identity__match_profiles"
        )
        api = splink.DuckDBAPI(connection)
        linker = splink.Linker(
            api.register("people"), settings, log_level=logging.ERROR
        )
        found = linker.inference.predict()
        rows = connection.execute(
            "select entity_key_l, entity_key_r, match_weight "
            f"from {found.physical_name}"
        ).fetchall()
    return {(min(a, b), max(a, b)): weight for a, b, weight in rows}


def test_pairs_and_weights_are_those_of_splink(chain):
    ours = {
        (one, other): weight
        for one, other, weight in chain.query(
            "select one_entity_key, other_entity_key, match_weight "
            "from identity.int_identity__match_scores"
        )
    }
    theirs = splinks_weights(chain)
    assert len(ours) > 100
    assert ours.keys() == theirs.keys()
    for pair, weight in ours.items():
        assert weight == pytest.approx(theirs[pair], abs=1e-5), pair
    levels = chain.query(
        "select distinct given_name_level from identity.int_identity__match_scores"
    )
    assert {("same",), ("swapped",), ("slip",), ("nickname",)} <= set(levels)
