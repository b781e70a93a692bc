"""The proof finds a word in any kind of file, and takes no longer word for it."""

import gzip
import sqlite3
import zipfile
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from orchestration.privacy.erasure.copies import (
    redact_copies,
    redact_found,
    remove_copies_of_warehouse,
)
from orchestration.privacy.erasure.needles import Needles
from orchestration.privacy.erasure.scan import scan
from orchestration.privacy.erasure.words import Words
from orchestration.privacy.rectifications import rectifications, rectify, undo
from orchestration.privacy.restrictions import restrict, restrictions
from orchestration.warehouse import DataDir

WORD = "ann@example.org"
NEEDLES = Needles([WORD])


def as_text(path: Path, text: str) -> None:
    path.write_text(f"a\n{text}\n")


def as_gzip(path: Path, text: str) -> None:
    path.write_bytes(gzip.compress(f"a\n{text}\n".encode()))


def as_zip(path: Path, text: str) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.csv", text)


def as_parquet(path: Path, text: str) -> None:
    pq.write_table(pa.table({"a": ["b", text] * 50}), path, compression="zstd")


def as_duckdb(path: Path, text: str) -> None:
    with duckdb.connect(str(path)) as connection:
        connection.execute("create schema s")
        connection.execute("create table s.t as select [?] as a", [text])


def as_sqlite(path: Path, text: str) -> None:
    with sqlite3.connect(path) as connection:
        connection.execute("create table t (a text)")
        connection.execute("insert into t values (?)", [f'{{"said": "{text}"}}'])
    connection.close()


KINDS: dict[str, Callable[[Path, str], None]] = {
    "a.log": as_text,
    "a.jsonl.gz": as_gzip,
    "a.zip": as_zip,
    "a.parquet": as_parquet,
    "a.duckdb": as_duckdb,
    "a.db": as_sqlite,
}


@pytest.mark.parametrize("name", KINDS)
def test_a_word_is_found_and_not_told(tmp_path: Path, name: str) -> None:
    KINDS[name](tmp_path / name, WORD)

    (find,) = scan(tmp_path, NEEDLES)

    assert find.path == tmp_path / name
    assert WORD not in str(find)


@pytest.mark.parametrize("name", KINDS)
@pytest.mark.parametrize("longer", [f"jo{WORD}", f"{WORD}.uk", f"x.{WORD}"])
def test_a_longer_word_is_somebody_elses(
    tmp_path: Path, name: str, longer: str
) -> None:
    KINDS[name](tmp_path / name, longer)

    assert list(scan(tmp_path, NEEDLES)) == []


@pytest.mark.parametrize("text", [rf"\n{WORD}", f"{WORD}.", f'"{WORD}"', f"{WORD}\\n"])
def test_signs_around_a_word_are_none_of_it(tmp_path: Path, text: str) -> None:
    as_text(tmp_path / "a.log", text)

    assert len(list(scan(tmp_path, NEEDLES))) == 1


@pytest.mark.parametrize("name", KINDS)
def test_copies_lose_what_they_say(data: DataDir, name: str) -> None:
    (data.root / "logs").mkdir()
    KINDS[name](data.root / "logs" / name, WORD)
    words = Words({WORD: "email"}, {})

    touched = redact_copies(data, ["C1"], words, data.root / "apart")

    assert touched["logs"] > 0
    assert list(scan(data.root, words.proven)) == []
    assert redact_copies(data, ["C1"], words, data.root / "apart") == Counter()


def test_what_spark_built_goes_whole(data: DataDir) -> None:
    for name in ("marts.db/customers/part-0.parquet", "catalog/service.properties"):
        path = data.lake / name
        path.parent.mkdir(parents=True)
        as_text(path, WORD)

    assert remove_copies_of_warehouse(data) == {"lake": 2}
    assert not data.lake.exists()
    assert remove_copies_of_warehouse(data) == Counter()


def test_what_is_found_later_goes_from_logs_and_stays_told_of_the_rest(
    data: DataDir,
) -> None:
    words = Words({WORD: "email"}, {})
    log, release = data.root / "logs/a.log", data.published / "releases/r/a.txt"
    for path in (log, release):
        path.parent.mkdir(parents=True)
        as_text(path, WORD)
    finds = list(scan(data.root, words.proven))

    left = redact_found(data, finds, words, data.root / "apart")

    assert [find.path for find in left] == [release]
    assert WORD not in log.read_text()


def test_what_people_asked_goes_with_every_value_it_ever_had(data: DataDir) -> None:
    new, old = rectify(
        data, [("C1", "street", "Elm Row 17"), ("C0", "city", "Ripley-on-Sea")]
    )
    undo(data, new)
    rectify(data, [("C2", "city", "Leeds")])
    restrict(data, ["C0", "C1", "C2"])

    touched = redact_copies(data, ["C1", "C0"], Words({}, {}), data.root / "apart")

    assert touched == {"state": 5}
    assert [(r.customer_id, r.value) for r in rectifications(data)] == [("C2", "Leeds")]
    assert [r.customer_id for r in restrictions(data)] == ["C2"]
    held = b"".join(p.read_bytes() for p in data.root.rglob("*") if p.is_file())
    for value in (b"Elm Row", b"Ripley", new.encode(), old.encode()):
        assert value not in held


def test_packages_of_the_person_go_whole(data: DataDir) -> None:
    mine, others = (data.root / f"access-C{n}.json" for n in (1, 2))
    mine.write_text("{}")
    others.write_text("{}")

    redact_copies(data, ["C1"], Words({}, {}), data.root / "apart")

    assert not mine.exists()
    assert others.exists()
