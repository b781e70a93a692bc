"""Erasing people through the real pipeline leaves no byte, and everybody else alone."""

import gzip
import json
import re
import signal
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import duckdb
import pytest
from typer.testing import CliRunner

from orchestration.cli import app
from orchestration.warehouse import DataDir

pytestmark = pytest.mark.slow

CORRECTED = {"corrected@nowhere.example", "17 corrected row"}
FACTS = ("order_lines", "refunds", "payments", "loyalty", "deals", "consents", "events")
LISTED = re.compile(r"^ *(landing/\S+) +([a-z ]+?) +([\d,]+) *$", re.MULTILINE)


def run(*arguments: str) -> str:
    result = CliRunner().invoke(app, [*arguments])
    assert result.exit_code == 0, result.output
    return result.output


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DataDir]:
    """A small world, run once; tests work on it in order."""
    data = DataDir(tmp_path_factory.mktemp("erasure"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("C360_DATA_DIR", str(data.root))
        key = tmp_path_factory.mktemp("secret") / "key"
        patch.setenv("C360_KEY_FILE", str(key))
        run("universe", "--customers", "80", "--out", str(data.root))
        run("run")
        yield data


def people(data: DataDir) -> tuple[list[str], set[str]]:
    """Return who is erased, and all that they alone state, as the marts say it."""
    with duckdb.connect(str(data.warehouse), read_only=True) as connection:
        customers = [
            customer
            for (customer,) in connection.execute(
                "select customer_id from marts.customers where order_count > 1 "
                "and email is not null order by record_count desc limit 3"
            ).fetchall()
        ]
        words = connection.execute(
            """
            select lower(identifier_value) from marts.customer_identifiers
            group by all
            having bool_and(list_contains($ids, customer_id))
            union
            select sha256(lower(identifier_value)) from marts.customer_identifiers
            where identifier_type = 'email'
            group by all
            having bool_and(list_contains($ids, customer_id))
            """,
            {"ids": customers},
        ).fetchall()
    # A shorter word may stand anywhere by chance.
    return customers, {word for (word,) in words if len(word) > 7}


@pytest.fixture(scope="module")
def erased(world: DataDir) -> tuple[list[str], set[str]]:
    return people(world)


def backups_of(data: DataDir) -> Path:
    return data.root.with_name(f"{data.root.name}-backups")


def corrections(folder: Path, customer_id: str) -> Path:
    path = folder / "corrections.csv"
    path.write_text(
        "person,attribute,value\n"
        f"{customer_id},email,corrected@nowhere.example\n"
        f"{customer_id},street,17 Corrected Row\n"
    )
    return path


def everything(data: DataDir) -> Iterator[tuple[Path, bytes]]:
    """Yield all bytes of all files, packed ones and databases unpacked too."""
    for path in data.root.rglob("*"):
        if path.is_symlink() or not path.is_file():
            continue
        content = path.read_bytes()
        yield path, content.lower()
        if content[:2] == b"\x1f\x8b":
            yield path, gzip.decompress(content).lower()
        elif content[:4] == b"PK\x03\x04":
            with zipfile.ZipFile(path) as archive:
                for name in archive.namelist():
                    yield path, archive.read(name).lower()
        elif content[:4] == b"PAR1":
            yield path, str(duckdb.sql(f"from '{path}'").fetchall()).encode().lower()
        elif content[8:12] == b"DUCK":
            with duckdb.connect(str(path), read_only=True) as connection:
                for schema, table in connection.execute(
                    "select schema_name, table_name from duckdb_tables()"
                ).fetchall():
                    rows = connection.execute(f'from "{schema}"."{table}"').fetchall()
                    yield path, str(rows).encode().lower()


def left(data: DataDir, words: set[str]) -> list[str]:
    return sorted(
        {
            f"{path.relative_to(data.root)}: {word}"
            for path, content in everything(data)
            for word in words
            if word.encode() in content
        }
    )


def totals(data: DataDir) -> list[tuple]:
    with duckdb.connect(str(data.warehouse), read_only=True) as connection:
        return connection.execute(
            "select count(*), count(customer_id), sum(net_reporting), "
            "sum(revenue_reporting), sum(item_quantity) from marts.orders"
        ).fetchall()


def facts_of_others(data: DataDir, customers: list[str]) -> dict[str, list[tuple]]:
    found = {}
    with duckdb.connect(str(data.warehouse), read_only=True) as connection:
        for table in ("orders", *FACTS, "customer_identifiers", "households"):
            columns = connection.execute(f"describe marts.{table}").fetchall()
            whose = "customer_id" in {name for name, *_ in columns}
            condition = (
                "not list_contains($ids, coalesce(customer_id, ''))"
                if whose
                else "$ids is not null and false"
            )
            found[table] = connection.execute(
                f"from marts.{table} where {condition} order by all", {"ids": customers}
            ).fetchall()
    return found


def killed_in(phase: str, *arguments: str) -> None:
    """Run the command in a process of its own that dies in the middle of a phase."""
    script = (
        "import os, signal\n"
        "from orchestration.privacy.erasure import erase\n"
        f"real = erase.PHASES[{phase!r}]\n"
        "def dying(work):\n"
        "    real(work)\n"
        "    os.kill(os.getpid(), signal.SIGKILL)\n"
        f"erase.PHASES[{phase!r}] = dying\n"
        "from orchestration.cli import app\n"
        f"app({list(arguments)!r})\n"
    )
    done = subprocess.run([sys.executable, "-c", script], check=False)
    assert done.returncode == -signal.SIGKILL


def test_erasure_from_the_request_to_the_proof(
    world: DataDir, erased: tuple[list[str], set[str]], tmp_path: Path
) -> None:
    customers, words = erased
    sent_again = world.landing / "shopify/customers"
    (original,) = sent_again.iterdir()
    before = original.read_bytes()
    reconciled, others = totals(world), facts_of_others(world, customers)
    assert left(world, words)
    run("backup", "--to", str(backups_of(world)))
    run("privacy", "rectify", "--from", str(corrections(tmp_path, customers[0])))
    words |= CORRECTED
    (world.root / "logs/app.log").write_text(f"saw {sorted(words)[0]}\nsaw nobody\n")
    with gzip.open(world.root / "logs/app.log.gz", "wt") as log:
        log.write(sorted(words)[0])
    listed = tmp_path / "people.txt"
    listed.write_text("\n".join(customers))

    planned = run("privacy", "erase", "--file", str(listed), "--dry-run")
    assert "landing/shopify/orders" in planned
    assert "1 backups hold them" in planned
    assert left(world, words)
    assert left(world, CORRECTED)

    # Killed between the files and what is remembered of them, nobody else may go on.
    asked = ("privacy", "erase", "--file", str(listed), "--yes", "--reason", "T-1")
    killed_in("landing", *asked)
    refused = CliRunner().invoke(app, ["run"])
    assert refused.exit_code == 1
    assert "c360 privacy erase --resume" in refused.output
    receipt = run("privacy", "erase", "--resume")

    assert "proven free of them" in receipt
    assert LISTED.findall(planned) == sorted(LISTED.findall(receipt)) != []
    assert left(world, words) == []
    assert totals(world) == reconciled
    assert facts_of_others(world, customers) == others
    assert (world.root / "logs/app.log").read_text() == "saw nobody\n"
    assert not (world.state / "erasing").exists()
    assert len(list((world.published / "releases").iterdir())) == 1
    with duckdb.connect(str(world.warehouse), read_only=True) as connection:
        named = connection.execute(
            "select customer_id, given_name, email, phone from marts.customers "
            "where list_contains($ids, customer_id) order by 1",
            {"ids": customers},
        ).fetchall()
        receipts = connection.execute(
            "select distinct people, reason from governance.erasure_receipts"
        ).fetchall()
    assert named
    assert {row[1:] for row in named} == {(None, None, None)}
    assert receipts == [(3, "T-1")]

    # A nightly export that still has them arrives the day after.
    (sent_again / "2026-07-02.jsonl").write_bytes(before)
    run("run")
    assert left(world, words) == []
    assert totals(world) == reconciled

    # One of them buys again: a new account with an old address.
    returned = json.loads(next(x for x in before.splitlines() if b'"email"' in x))
    address = sorted(word for word in words - CORRECTED if "@" in word)[0]
    tomorrow = (datetime.now(UTC) + timedelta(days=1)).strftime("%Y-%m-%dT%H:%M:%SZ")
    returned |= {
        "id": "6999999999999",
        "email": address,
        "created_at": tomorrow,
        "updated_at": tomorrow,
    }
    (sent_again / "2026-07-03.jsonl").write_text(json.dumps(returned) + "\n")
    run("run")
    with duckdb.connect(str(world.warehouse), read_only=True) as connection:
        (customer,) = connection.execute(
            "select customer_id from marts.customer_identifiers "
            "where identifier_value = ?",
            [address],
        ).fetchall()[0]
    assert customer not in customers


def test_a_backup_from_before_brings_nobody_back(
    world: DataDir, erased: tuple[list[str], set[str]]
) -> None:
    customers, words = erased
    (backup,) = backups_of(world).iterdir()
    assert left(DataDir(backup), words), "a backup stays as it was made"

    told = run("restore", str(backup), "--force")

    assert "3 people who were erased since are erased again" in " ".join(told.split())
    assert left(world, words) == []
    with duckdb.connect(str(world.warehouse), read_only=True) as connection:
        named = connection.execute(
            "select distinct given_name, email, phone from marts.customers "
            "where list_contains($ids, customer_id)",
            {"ids": customers},
        ).fetchall()
        reasons = connection.execute(
            "select distinct reason from governance.erasure_receipts order by reason"
        ).fetchall()
    assert named == [(None, None, None)]
    assert reasons == [(f"Erased before; {backup.name} had them",), ("T-1",)]
    run("privacy", "log")
