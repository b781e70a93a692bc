"""Whom a search finds: by any fragment, with typos, in any script, by any id."""

import shutil

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.search import SearchIndex, open_index
from app.search_index import build_index, fold
from orchestration.releases.asset import add_search_index
from orchestration.releases.directory import SEARCH, WHOLE

ROB, RYO, HODA, SIAN = (f"C000000000{number}" for number in (1, 2, 3, 4))


@pytest.fixture(scope="module")
def index(release) -> SearchIndex:
    with release.read(masked=False) as connection:
        return open_index(connection, release.path)


def found(index: SearchIndex, text: str) -> list[str]:
    return [hit.customer_id for hit in index.search(text)]


@pytest.mark.parametrize(
    ("text", "customer_id"),
    [
        ("Robert Grünwald", ROB),
        ("grunwald robert", ROB),
        ("robrt grunwld", ROB),
        ("runwal", ROB),
        ("Bob Grunwald", ROB),
        ("bobby grunwald", ROB),
        ("ROB.GRUENWALD@mail.example", ROB),
        ("gruenwald@mail", ROB),
        ("rob.gruenwlad@mail.exmple", ROB),
        ("+44 7860 961-608", ROB),
        ("07860 961608", ROB),
        ("961608", ROB),
        ("L700000298", ROB),
        (ROB.lower(), ROB),
        ("C0000000009", ROB),
        ("山下", RYO),
        ("山下亮", RYO),
        ("亮", RYO),
        ("97801", RYO),
        ("#97801", RYO),
        ("#9780", RYO),
        ("منصور", HODA),
        ("هدي منصور", HODA),
        ("sian oneill weiss", SIAN),
        ("SIÂN O'NEILL", SIAN),
        ("kowalczik", SIAN),
    ],
)
def test_a_fragment_finds_who_is_meant_first(index, text, customer_id):
    assert found(index, text)[:1] == [customer_id]


@pytest.mark.parametrize(
    "text", ["", "  ", "%", "' or 1=1 --", "zzxq", "C0000000008", "0f3a-cookie", "\0"]
)
def test_what_resembles_nobody_finds_nobody(index, text):
    assert found(index, text) == []


def test_a_whole_number_or_address_finds_its_owners_only(index):
    assert [(hit.kind, hit.score) for hit in index.search("57808")] == [("order", 1.0)]
    assert found(index, "ryo@post.example") == [RYO]
    assert index.find_exactly("robert") == []


def test_a_hit_says_by_what(index):
    (hit,) = index.search("kowalczyk")
    assert (hit.kind, hit.text) == ("name", "Siân Kowalczyk")
    assert index.search("gruenwald@mail")[0].kind == "email"


@settings(max_examples=80)
@given(text=st.text(max_size=120))
def test_no_text_is_an_error(index, text):
    for hit in index.search(text):
        assert 0.8 <= hit.score <= 1


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Grünwald", "grunwald"),
        ("Łódź", "lodz"),
        ("ＡＢＣ", "abc"),
        ("𝐀", "a"),
        ("が", "が"),
    ],
)
def test_texts_are_compared_without_accents_and_forms(text, folded):
    assert fold(text) == folded


def test_a_letter_folded_twice_is_a_letter_folded_once():
    letters = (chr(code) for code in range(0x30000) if not 0xD800 <= code < 0xE000)
    once = [fold(letter) for letter in letters]
    assert [fold(letter) for letter in once] == once


def test_an_index_that_is_gone_comes_back(release, whole, tmp_path):
    open_index(whole, tmp_path)
    shutil.rmtree(tmp_path / SEARCH)
    build_index(whole, tmp_path)
    assert found(SearchIndex(tmp_path / SEARCH), "Robert") == [ROB]


def test_half_an_index_is_never_opened(whole, tmp_path):
    half = tmp_path / f"{SEARCH}.tmp"
    half.mkdir()
    (half / "meta.json").write_text("{")
    assert found(open_index(whole, tmp_path), "Robert") == [ROB]


def test_publishing_builds_the_index_with_the_release(release, tmp_path):
    shutil.copy(release.path / WHOLE, tmp_path)
    add_search_index(tmp_path, None)
    assert found(SearchIndex(tmp_path / SEARCH), "Robert") == [ROB]
