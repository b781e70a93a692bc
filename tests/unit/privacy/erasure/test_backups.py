"""Who was erased does not come back with a backup that is older than the erasure."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import duckdb
import pytest
from typer.testing import CliRunner

from orchestration.cli import app
from orchestration.kept.backup import ERASED_SINCE, Backup, back_up, made_backups
from orchestration.kept.restore import restore
from orchestration.privacy import restrictions, withdrawals
from orchestration.privacy.erasure import journal
from orchestration.privacy.erasure.backups import mark_backups
from orchestration.privacy.erasure.journal import Erasure, UnfinishedErasureError
from orchestration.privacy.erasure.suppression import (
    list_path,
    ready_key,
    suppress,
)
from orchestration.privacy.erasure.words import Words
from orchestration.privacy.secret_key import key_path
from orchestration.warehouse import DataDir, connect

WORDS = Words(
    {"ann@example.org": "email"},
    {"shopify": frozenset({"900", "5001"})},
    {"shopify": frozenset({"5001"})},
    ("shopify:customer:900", "shopify:guest:5001"),
)
LATER = datetime.now(UTC).replace(tzinfo=None) + timedelta(hours=1)


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> DataDir:
    """A data directory with Ann and Ben, and a key of its own."""
    monkeypatch.setenv("C360_KEY_FILE", str(tmp_path / "key"))
    data = DataDir(tmp_path / "data")
    monkeypatch.setenv("C360_DATA_DIR", str(data.root))
    path = data.landing / "shopify/customers/2026-06-01.jsonl"
    path.parent.mkdir(parents=True)
    path.write_text(
        '{"id": 900, "email": "Ann@example.org"}\n'
        '{"id": 901, "email": "ben@example.org"}\n'
    )
    data.state.mkdir()
    for name, columns in (
        ("record_registry", "record_seq"),
        ("identity_assignments", "customer_id"),
    ):
        duckdb.execute(
            "copy (select * from (values ('shopify:customer:900', 'C1'), "
            "('shopify:customer:901', 'C2'), ('shopify:guest:5001', 'C1'), "
            f"('shopify:guest:5002', 'C2')) as t (record_key, {columns})) "
            f"to '{data.state / name}.parquet'"
        )
    release = data.published / "releases/run1"
    release.mkdir(parents=True)
    (release / "manifest.json").write_text('{"run_id": "run1"}')
    (data.published / "current").symlink_to("releases/run1")
    with connect(data.warehouse):
        pass
    return data


@pytest.fixture
def backup(shop: DataDir, tmp_path: Path) -> Backup:
    return back_up(shop, tmp_path / "backups")


def erased(data: DataDir, at: datetime = LATER) -> None:
    suppress(data, ready_key(data), WORDS, at)


def elsewhere(data: DataDir) -> DataDir:
    return DataDir(data.root.with_name("elsewhere"))


@pytest.mark.parametrize("is_lost", [False, True], ids=["same place", "new machine"])
def test_who_was_erased_since_is_to_be_erased_again(
    shop: DataDir, backup: Backup, is_lost: bool
) -> None:
    erased(shop)
    said = mark_backups(shop)
    target = elsewhere(shop) if is_lost else shop
    restore(backup.path, target, force=True)

    assert said == {
        backup.path.name: "holds them until it is deleted; erased again if restored"
    }
    pending = journal.pending(target)
    assert pending
    assert (pending.customer_ids, pending.restored_from) == (["C1"], backup.path.name)
    words = Words.load(journal.folder(target) / "words.json")
    assert set(words.identifiers) == {"ann@example.org"}
    assert words.records == WORDS.records
    assert words.orders == WORDS.orders
    assert words.record_keys == WORDS.record_keys
    assert not target.warehouse.exists(), "it has Ann and is built anew"
    assert (target.published / "releases/run1").exists() is not is_lost
    with pytest.raises(UnfinishedErasureError):
        journal.refuse_if_pending(target)


def test_who_was_erased_before_the_backup_is_not_in_it(
    shop: DataDir, tmp_path: Path
) -> None:
    erased(shop, LATER - timedelta(days=1))
    made = back_up(shop, tmp_path / "backups")
    restore(made.path, shop, force=True)

    assert journal.pending(shop) is None
    assert shop.warehouse.exists()


def test_a_list_that_came_with_a_backup_stays_whole(
    shop: DataDir, backup: Backup
) -> None:
    erased(shop)
    known = duckdb.sql(f"from '{list_path(shop)}' order by all").fetchall()
    restore(backup.path, shop, force=True)

    assert duckdb.sql(f"from '{list_path(shop)}' order by all").fetchall() == known


def test_without_the_key_nothing_is_put_back(shop: DataDir, backup: Backup) -> None:
    erased(shop)
    key_path().unlink()
    before = sorted(p for p in shop.root.rglob("*") if p.is_file())

    done = CliRunner().invoke(app, ["restore", str(backup.path), "--force"])

    assert done.exit_code == 1
    assert "Put the key back" in " ".join(done.output.split())
    assert sorted(p for p in shop.root.rglob("*") if p.is_file()) == before


def test_what_was_asked_since_is_kept(shop: DataDir, backup: Backup) -> None:
    withdrawals.withdraw(shop, "ben@example.org")
    restrictions.restrict(shop, ["C2"])
    restore(backup.path, shop, force=True)

    assert [w.identifier for w in withdrawals.withdrawals(shop)] == ["ben@example.org"]
    assert [r.customer_id for r in restrictions.restrictions(shop)] == ["C2"]
    assert made_backups(shop) == [backup.path]


def test_a_backup_that_was_deleted_is_told_as_not_there(
    shop: DataDir, tmp_path: Path
) -> None:
    made = back_up(shop, tmp_path / "backups").path
    made.rename(made.with_name("moved"))
    erased(shop)

    assert mark_backups(shop) == {made.name: "not there: deleted, or out of reach"}
    assert not (made.with_name("moved") / ERASED_SINCE).exists()


def test_half_an_erasure_is_neither_backed_up_nor_overwritten(
    shop: DataDir, backup: Backup
) -> None:
    journal.begin(
        shop, Erasure("E1", ["C1"], None, "ann", "2026-01-02", "state"), WORDS
    )

    with pytest.raises(UnfinishedErasureError, match="--resume"):
        back_up(shop, backup.path.parent)
    with pytest.raises(UnfinishedErasureError, match="--resume"):
        restore(backup.path, shop, force=True)
