"""Spelling and hashing, by the test vectors that Google and Meta publish."""

import duckdb
import pytest

from orchestration.activation.normalise import create_macros

# The page «Send audience members» of Google's Data Manager API hashes these.
GOOGLE_HASHES = [
    (
        "hashed(google_email('dana@example.com'))",
        "07e2f1394b0ea80e2adca010ea8318df697001a005ba7452720edda4b0ce57b3",
    ),
    (
        "hashed(google_email('cloudySanFrancisco@GMAIL.com'))",
        "223ebda6f6889b1494551ba902d9d381daf2f642bae055888e96343d53e9f9c4",
    ),
]

# Its page «Format user data» spells these.
GOOGLE_SPELLINGS = [
    (
        "google_email('cloudy.sanfrancisco+shopping@gmail.com')",
        "cloudysanfrancisco@gmail.com",
    ),
    ("google_email('user.name+NYC@Example.com')", "user.name+nyc@example.com"),
    ("google_phone('+1 (800)555-0100')", "+18005550100"),
]

# Meta's page «Customer information parameters» has input and output of each.
META_HASHES = [
    (
        "hashed(meta_email('John_Smith@gmail.com'))",
        "62a14e44f765419d10fea99367361a727c12365e2520f32218d505ed9aa0f62f",
    ),
    (
        "hashed(meta_phone('+1 (650)555-1212'))",
        "e323ec626319ca94ee8bff2e4c87cf613be6ea19919ed1364124e16807ab3176",
    ),
    (
        "hashed(meta_name('Mary'))",
        "6915771be1c5aa0c886870b6951b03d7eafc121fea0e80a5ea83beb7c449f4ec",
    ),
    (
        "hashed(meta_name('정'))",
        "8fa8cd9c440be61d0151429310034083132b35975c4bea67fdd74158eb51db14",
    ),
    (
        "hashed(meta_name('Valéry'))",
        "08e1996b5dd49e62a4b4c010d44e4345592a863bb9f8e3976219bac29417149c",
    ),
]

# What their rules say without an example.
OUR_SPELLINGS = [
    ("google_email(' a b@googlemail.com ')", "ab@googlemail.com"),
    ("google_email('a.b@notgmail.com')", "a.b@notgmail.com"),
    ("google_name(' Ann ')", "ann"),
    ("google_postal_code('97203-1234', 'US')", "97203-1234"),
    ("google_postal_code('97203-12', 'us')", "97203"),
    ("google_postal_code('WC2H 8LG', 'GB')", "WC2H 8LG"),
    ("meta_email(' J.Smith+x@Gmail.com ')", "j.smith+x@gmail.com"),
    ("meta_phone('0044 20 7031 3000')", "442070313000"),
    ("meta_name('O''Brien-Smith')", "obriensmith"),
    ("meta_city('São Paulo')", "saopaulo"),
    ("hashed(meta_city('서울'))", None),
    ("meta_region('New York', 'US')", "ny"),
    ("meta_region('NY', 'US')", "ny"),
    ("meta_region('Île-de-France', 'FR')", "îledefrance"),
    ("meta_region('Bayern', null)", "bayern"),
    ("meta_postal_code('97203-1234', 'US')", "97203"),
    ("meta_postal_code('SW1A 1AA', 'GB')", "sw1a1"),
    ("meta_postal_code('1017 AB', 'NL')", "1017ab"),
    ("meta_gender('Female')", "f"),
    ("meta_gender('unknown')", None),
    ("hashed('')", None),
    ("hashed(google_email(null))", None),
    ("hashed(google_phone(''))", None),
    ("hashed(meta_phone('none'))", None),
]


@pytest.fixture(scope="module")
def connection():
    with duckdb.connect() as opened:
        create_macros(opened)
        yield opened


@pytest.mark.parametrize(
    ("expression", "expected"),
    [*GOOGLE_HASHES, *GOOGLE_SPELLINGS, *META_HASHES, *OUR_SPELLINGS],
)
def test_values_are_spelt_and_hashed_as_the_platform_says(
    connection, expression, expected
):
    found = connection.execute(f"select {expression}").fetchall()[0][0]
    assert found == expected


def test_one_hash_cannot_serve_both(connection):
    """Any phone, and any dotted Gmail address, hashes differently."""
    assert connection.execute(
        """
        select
            hashed(google_phone('+16505551212')) <> hashed(meta_phone('+16505551212')),
            hashed(google_email('a.b@gmail.com'))
            <> hashed(meta_email('a.b@gmail.com')),
            hashed(google_email('ab@x.org')) = hashed(meta_email('ab@x.org'))
        """
    ).fetchall() == [(True, True, True)]
