"""What the standardising macros make of what people write."""

from __future__ import annotations

import csv
import unicodedata

import duckdb
import pytest

from orchestration.dbt.functions import register_functions
from orchestration.warehouse import PROJECT_ROOT
from tests.unit.macros.macro_sql import macro_sql


@pytest.fixture(scope="module")
def connection():
    with duckdb.connect() as connection:
        register_functions(connection)
        yield connection


def value_of(connection, macro, text, *arguments):
    """Return what `macro` makes of one text."""
    sql = macro_sql(macro, "stated", *arguments)
    return connection.execute(
        f"select {sql} from (select cast(? as varchar) as stated)", [text]
    ).fetchall()[0][0]


@pytest.mark.parametrize(
    ("stated", "expected"),
    [
        (" Ann.Lee@Example.COM ", "ann.lee@example.com"),
        ("mailto:ann@example.com", "ann@example.com"),
        ("Ann Lee <ann@example.com>", "ann@example.com"),
        ("ａｎｎ＠example.com", "ann@example.com"),
        ("jose\u0301@example.com", "josé@example.com"),
        ("김민수@한국.kr", "김민수@한국.kr"),
        ("o'brien+news@mail.example.co.uk", "o'brien+news@mail.example.co.uk"),
        ("n/a", None),
        ("ann@", None),
        ("ann@localhost", None),
        ("ann..lee@example.com", None),
        ("ann lee@example.com", None),
        ("ann@-example.com", None),
        (f"{'a' * 65}@example.com", None),
        ("", None),
        (None, None),
    ],
)
def test_clean_email(connection, stated, expected):
    assert value_of(connection, "clean_email", stated) == expected


@pytest.mark.parametrize(
    ("stated", "expected"),
    [
        ("a.n.n+shop@googlemail.com", "ann@gmail.com"),
        ("ann+shop@example.com", "ann@example.com"),
        ("ann.lee@example.com", "ann.lee@example.com"),
        (None, None),
    ],
)
def test_email_key(connection, stated, expected):
    assert value_of(connection, "email_key", stated) == expected


@pytest.mark.parametrize(
    ("stated", "country", "expected"),
    [
        ("(415) 555-2671", "US", "+14155552671"),
        ("+44 20 7946 0958", None, "+442079460958"),
        ("020 7946 0958", "GB", "+442079460958"),
        ("020 7946 0958", None, None),
        ("0000000000", "US", None),
        (None, "US", None),
    ],
)
def test_clean_phone(connection, stated, country, expected):
    literal = f"'{country}'" if country else "cast(null as varchar)"
    assert value_of(connection, "clean_phone", stated, literal) == expected


@pytest.mark.parametrize(
    ("stated", "expected"),
    [
        ("  mary   ann ", "Mary Ann"),
        ("JEAN-LUC O'BRIEN", "Jean-Luc O'Brien"),
        ("Ludwig van Beethoven", "Ludwig van Beethoven"),
        ("AJ", "AJ"),
        ("Dr. Anna Frau", "Anna Frau"),
        ("Prof. Dr. Åsa Öberg PhD", "Åsa Öberg"),
        ("Martin King, Jr.", "Martin King"),
        ("Dr", "Dr"),
        ("김민수", "김민수"),
        ("山田　太郎", "山田 太郎"),
        ("محمد علي", "محمد علي"),
        ("Анна Каренина", "Анна Каренина"),
        ("---", None),
        (None, None),
    ],
)
def test_clean_name(connection, stated, expected):
    assert value_of(connection, "clean_name", stated) == expected


@pytest.mark.parametrize(
    ("stated", "expected"),
    [
        ("José Núñez", "jose nunez"),
        ("O’Brien-Smith", "obrien smith"),
        ("Weiß Ørsted Łukasz", "weiss orsted lukasz"),
        ("Андрей", "андрей"),
        ("ガガ", "ガガ"),
        ("김 민수", "김 민수"),
        ("محمد", "محمد"),
        ("...", None),
    ],
)
def test_fold_name(connection, stated, expected):
    assert value_of(connection, "fold_name", stated) == expected


@pytest.mark.parametrize(
    ("stated", "expected"),
    [
        ("Дмитрий Иванов", "dmitriy ivanov"),
        ("Щербакова Юлия", "shcherbakova yuliya"),
        ("Ђоковић", "djokovic"),
        ("Γιώργος Παπαδόπουλος", "giorgos papadopoulos"),
        ("Άγγελος Ευαγγέλου", "angelos evangelou"),
        ("김민준", "김민준"),
        ("山田 太郎", "山田 太郎"),
        ("José", "jose"),
        (None, None),
    ],
)
def test_latin_letters(connection, stated, expected):
    folded = value_of(connection, "fold_name", stated)
    assert value_of(connection, "latin_letters", folded) == expected


@pytest.mark.parametrize("name", ["김민준", "Дмитрий", "Γιώργος", "José", "がが"])
def test_a_name_is_the_same_composed_or_not_and_with_space_around(connection, name):
    forms = {unicodedata.normalize(form, f" {name} ") for form in ("NFC", "NFD")}
    assert len(forms) == 2
    assert len({value_of(connection, "fold_name", form) for form in forms}) == 1


def test_letters_that_differ_stay_different(connection):
    pairs = [("Андрей", "Андреи"), ("がが", "かか"), ("강", "감")]
    for one, other in pairs:
        assert value_of(connection, "fold_name", one) != value_of(
            connection, "fold_name", other
        )


@pytest.mark.parametrize(
    ("stated", "expected"),
    [
        ("US", "US"),
        ("deu", "DE"),
        ("Côte d'Ivoire", "CI"),
        ("Deutschland", "DE"),
        ("日本", "JP"),
        ("대한민국", "KR"),
        ("the Netherlands", "NL"),
        ("NA", "NA"),
        ("Atlantis", None),
    ],
)
def test_clean_country(connection, stated, expected):
    seed = PROJECT_ROOT / "seeds" / "countries.csv"
    connection.execute(
        "create or replace temp table countries as "
        f"from read_csv('{seed}', all_varchar = true, nullstr = '')"
    )
    assert value_of(connection, "clean_country", stated) == expected


@pytest.mark.parametrize("column", ["country_code", "label", "_stated"])
def test_a_column_of_any_name_is_looked_up_in_countries(connection, column):
    connection.execute(
        "create or replace temp table countries as select * from (values"
        " ('us', 'US'), ('zw', 'ZW')) as t (label, country_code)"
    )
    found = connection.execute(
        f"select {macro_sql('clean_country', column)} from (select 'us' as {column})"
    ).fetchall()
    assert found == [("US",)]


@pytest.mark.parametrize(
    ("stated", "expected"),
    [
        ("English", "en"),
        ("pt-BR", "pt"),
        ("zh_Hant_TW", "zh"),
        ("Deutsch", "de"),
        ("한국어", "ko"),
        ("Klingonish", None),
    ],
)
def test_clean_language(connection, stated, expected):
    seed = PROJECT_ROOT / "seeds" / "languages.csv"
    connection.execute(
        "create or replace temp table languages as "
        f"from read_csv('{seed}', all_varchar = true, nullstr = '')"
    )
    assert value_of(connection, "clean_language", stated) == expected


@pytest.mark.parametrize(
    ("stated", "expected"),
    [
        (
            "Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)",
            True,
        ),
        ("Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/148.0 Safari/537.36", False),
        ("Mozilla/5.0 (X11) AppleWebKit/537.36 HeadlessChrome/120.0", True),
        ("curl/8.5.0", True),
        (None, False),
    ],
)
def test_is_bot(connection, stated, expected):
    seed = PROJECT_ROOT / "seeds" / "bot_user_agents.csv"
    connection.execute(
        "create or replace temp table bot_user_agents as "
        f"from read_csv('{seed}', all_varchar = true)"
    )
    assert value_of(connection, "is_bot", stated) is expected


@pytest.mark.parametrize("seed", ["countries", "languages"])
def test_every_label_is_folded(connection, seed):
    fold = macro_sql("fold_name", "stated")
    with (PROJECT_ROOT / "seeds" / f"{seed}.csv").open(encoding="utf-8") as file:
        labels = [row["label"] for row in csv.DictReader(file)]
    connection.execute("create or replace temp table labels (stated varchar)")
    connection.execute("insert into labels select unnest(?)", [labels])
    unfolded = connection.execute(
        f"select stated from labels where stated is distinct from {fold}"
    ).fetchall()
    assert unfolded == []


@pytest.mark.parametrize(
    ("stated", "problem"),
    [
        ("1984-02-29", None),
        ("1985-02-29", "not a date"),
        ("01/01/1984", "not a date"),
        ("1900-01-01", "placeholder"),
        ("1899-12-31", "placeholder"),
        ("2999-05-05", "future"),
        ("1850-05-05", "too old"),
        ("", None),
        (None, None),
    ],
)
def test_birth_dates_that_cannot_be(connection, stated, problem):
    assert value_of(connection, "birth_date_problem", stated) == problem
    is_kept = value_of(connection, "clean_birth_date", stated) is not None
    assert is_kept == (problem is None and bool(stated))


def test_birth_date_in_another_format(connection):
    born = value_of(connection, "clean_birth_date", "29/02/1984", "%d/%m/%Y")
    assert born.isoformat() == "1984-02-29"


@pytest.mark.parametrize(
    ("stated", "expected"),
    [("F", "female"), (" Männlich ", "male"), ("divers", "other"), ("?", None)],
)
def test_clean_gender(connection, stated, expected):
    assert value_of(connection, "clean_gender", stated) == expected


@pytest.mark.parametrize(
    ("stated", "country", "expected"),
    [
        ("2138", "US", "02138"),
        ("02138-1234", "US", "02138"),
        ("sw1a1aa", "GB", "SW1A 1AA"),
        ("k1a0b1", "CA", "K1A 0B1"),
        ("1012ab", "NL", "1012 AB"),
        (" 10115 ", "DE", "10115"),
        ("00000", "US", None),
        (None, "US", None),
    ],
)
def test_clean_postal_code(connection, stated, country, expected):
    assert value_of(connection, "clean_postal_code", stated, f"'{country}'") == expected


def test_json_text(connection):
    document = '{"a": {"b c": "x", "$m": [1, {"q": "y"}]}, "n": null}'
    found = {
        path: value_of(connection, "json_text", document, path)
        for path in ("a.b c", "a.$m.1.q", "n", "a.z", "a.$m.9")
    }
    assert found == {
        "a.b c": "x",
        "a.$m.1.q": "y",
        "n": None,
        "a.z": None,
        "a.$m.9": None,
    }


def test_url_parameter(connection):
    url = "https://shop.example/?utm_source=spring+sale%21&utm_term=#utm_medium=x"
    assert value_of(connection, "url_parameter", url, "utm_source") == "spring sale!"
    assert value_of(connection, "url_parameter", url, "utm_term") is None
    assert value_of(connection, "url_parameter", url, "utm_medium") is None


@pytest.mark.parametrize("stated", ["fr%FChling", "%E4", "50%", "%zz"])
def test_url_parameter_that_is_no_utf_8_stays_as_it_is_written(connection, stated):
    url = f"https://shop.example/?utm_campaign={stated}&gclid=a%20b"
    assert value_of(connection, "url_parameter", url, "utm_campaign") == stated
    assert value_of(connection, "click_id", url) == "a b"


def test_sha256_hex(connection):
    digest = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    assert value_of(connection, "sha256_hex", "abc") == digest
