"""A file that is sent again brings nobody back; who returns is a customer again."""

from datetime import datetime
from pathlib import Path

import duckdb
import pytest

from orchestration.ingestion.landing import look_at
from orchestration.ingestion.sources import SourceTable
from orchestration.privacy.erasure.resent import without_erased
from orchestration.privacy.erasure.suppression import (
    SuppressionKeyError,
    list_path,
    ready_key,
    suppress,
    surrogate,
)
from orchestration.privacy.erasure.words import Words
from orchestration.warehouse import DataDir

ERASED_AT = datetime(2026, 5, 1)
WORDS = Words(
    {"ann@example.org": "email", "u7": "user_id", "+15551234567": "phone"},
    {"shop": frozenset({"u7", "c900", "o1"})},
    {"shop": frozenset({"o1"})},
)


@pytest.fixture
def erased(
    data: DataDir, tmp_path_factory: pytest.TempPathFactory, monkeypatch
) -> DataDir:
    """A data directory from which Ann was erased."""
    key = tmp_path_factory.mktemp("key") / "key"
    monkeypatch.setenv("C360_KEY_FILE", str(key))
    data.state.mkdir()
    suppress(data, ready_key(data), WORDS, ERASED_AT)
    return data


def shop(*, is_kept: bool = False) -> SourceTable:
    return SourceTable(
        system="shop",
        table="people",
        format="csv",
        mode="append",
        key=("id",),
        columns={
            "id": "varchar",
            "email": "varchar",
            "at": "timestamp",
            "changed_at": "timestamp",
        },
        personal_columns={"id": "identifier", "email": "email"},
        is_kept_on_erasure=is_kept,
    )


def loaded(data: DataDir, text: str, source: SourceTable) -> str:
    path = data.landing / "shop/people/2026-06-01.csv"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    with duckdb.connect() as connection:
        file = without_erased(
            connection, source, data, look_at(path, "shop/people/2026-06-01.csv")
        )
    assert file.is_unchanged()
    return path.read_text()


def test_a_record_is_gone_for_good(erased: DataDir) -> None:
    text = (
        "id,email,at\nC900,new@example.org,2026-06-01\n8,ben@example.org,2026-01-01\n"
    )

    assert loaded(erased, text, shop()) == (
        "id,email,at\n\n8,ben@example.org,2026-01-01\n"
    )


def test_an_identifier_comes_back_with_its_holder_alone(erased: DataDir) -> None:
    text = (
        "id,email,at\n1,Ann@example.org,2026-04-30 23:59:59\n"
        "2,ann@example.org,2026-05-02 08:00:00\n"
    )

    assert loaded(erased, text, shop()) == (
        "id,email,at\n\n2,ann@example.org,2026-05-02 08:00:00\n"
    )


def test_an_old_row_that_was_changed_since_is_old(erased: DataDir) -> None:
    text = "id,email,at,changed_at\n1,ann@example.org,2026-01-01,2026-05-20\n"

    assert loaded(erased, text, shop()) == "id,email,at,changed_at\n\n"


def test_a_row_without_a_time_is_of_the_day_of_its_drop(erased: DataDir) -> None:
    text = "id,email,at\n1,ann@example.org,\n"

    assert loaded(erased, text, shop()) == text


def test_an_order_sent_again_bears_the_same_surrogate(erased: DataDir) -> None:
    text = "id,email,at\nu7,ann@example.org,2026-01-01\n"
    stands_for = surrogate(ready_key(erased), "shop", "U7")

    assert loaded(erased, text, shop(is_kept=True)) == (
        f"id,email,at\n{stands_for},,2026-01-01\n"
    )


def test_the_list_says_nothing_in_the_clear(erased: DataDir) -> None:
    rows = duckdb.sql(f"from '{list_path(erased)}'").fetchall()

    assert rows
    assert not any(word in str(rows) for word in ("ann", "u7", "c900", "555123"))


def test_suppressing_twice_changes_nothing(erased: DataDir) -> None:
    before = duckdb.sql(f"from '{list_path(erased)}'").fetchall()

    suppress(erased, ready_key(erased), WORDS, ERASED_AT)

    assert duckdb.sql(f"from '{list_path(erased)}'").fetchall() == before


def test_without_its_key_nothing_is_loaded(
    erased: DataDir, monkeypatch: pytest.MonkeyPatch, tmp_path_factory
) -> None:
    elsewhere: Path = tmp_path_factory.mktemp("other") / "key"
    monkeypatch.setenv("C360_KEY_FILE", str(elsewhere))

    with pytest.raises(SuppressionKeyError, match="is gone"):
        loaded(erased, "id,email,at\n8,b@x.org,\n", shop())

    elsewhere.write_text("00" * 32)
    with pytest.raises(SuppressionKeyError, match="is not the key"):
        loaded(erased, "id,email,at\n8,b@x.org,\n", shop())


def test_the_key_lies_outside_of_the_data(
    data: DataDir, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("C360_KEY_FILE", str(data.root / "key"))

    with pytest.raises(SuppressionKeyError, match="must not lie in the data"):
        ready_key(data)
