"""What is published, written again, kept and refused."""

import json

import pytest

from orchestration.releases.directory import SEARCH
from orchestration.releases.publish import PublishError, publish
from orchestration.warehouse import connect
from tests.pipeline.small_releases import FILES, MANIFEST, build, count, release_of


def test_the_newest_three_are_kept(data):
    for number in range(1, 6):
        release_of(data, f"run{number}", number, number)
    kept = sorted(path.name for path in (data.published / "releases").iterdir())
    assert kept == ["run3", "run4", "run5"]
    assert count(data) == 5


def test_what_did_not_change_is_linked_and_not_written_again(data):
    first = release_of(data, "run1", 5, 1)
    second = publish("run2", data, manifest=MANIFEST)
    built_again = release_of(data, "run3", 5, 2)
    assert second.reused
    for name in FILES:
        assert (first / name).samefile(built_again / name)
    manifest = json.loads((built_again / "manifest.json").read_text())
    assert manifest["written_by"] == "run1"
    assert manifest["tables"]["marts.customers"]["version"] == 2


def test_what_is_made_of_the_files_is_there_before_readers_see_them(data):
    def complete(draft, last):
        (draft / SEARCH).mkdir(exist_ok=True)
        if not any((draft / SEARCH).iterdir()):
            (draft / SEARCH / "index").write_text(str((draft / FILES[0]).exists()))
        assert (data.published / "current").resolve().name != draft.stem

    release_of(data, "run1", 5, 1)
    first = publish("run2", data, manifest=MANIFEST, complete=complete)
    second = publish("run3", data, manifest=MANIFEST, complete=complete)
    assert (first.path / SEARCH / "index").read_text() == "True"
    made = [release.path / SEARCH / "index" for release in (first, second)]
    assert made[0].samefile(made[1])


CHANGES = [
    "update marts.customers set email = 'new@example.com' where email like '3%'",
    "comment on column marts.customers.email is 'Where letters reach them.'",
    "alter table marts.customers alter column email drop not null",
    "alter table governance.access_log rename column line to entry",
]


@pytest.mark.parametrize("change", CHANGES)
def test_what_readers_can_tell_apart_is_written_again(data, change):
    first = release_of(data, "run1", 5, 1)
    with connect(data.warehouse) as warehouse:
        warehouse.execute(change)
    second = publish("run2", data, manifest=MANIFEST)
    assert not second.reused
    assert not (first / FILES[0]).samefile(second.path / FILES[0])


def test_publishing_a_run_again_changes_nothing(data):
    path = release_of(data, "run1", 5, 1)
    before = (path / "manifest.json").read_text()
    assert publish("run1", data, manifest=MANIFEST).path == path
    assert (path / "manifest.json").read_text() == before


def test_a_closed_gate_leaves_the_release_and_names_the_tables(data):
    release_of(data, "run1", 5, 1)
    build(data, 7, version=2, passed=False)
    with pytest.raises(PublishError, match=r"has not passed for .*marts\.customers"):
        publish("run2", data, manifest=MANIFEST)
    assert count(data) == 5


def test_a_table_rebuilt_after_the_verdict_is_not_published(data):
    build(data, 5, version=1)
    with connect(data.warehouse) as warehouse:
        warehouse.execute("update ops.table_builds set version = 2")
    with pytest.raises(PublishError, match="as built now"):
        publish("run1", data, manifest=MANIFEST)
    assert not (data.published / "current").exists()


def test_nothing_is_published_from_dev(data, monkeypatch):
    build(data, 5, version=1)
    monkeypatch.setenv("C360_TARGET", "dev")
    with pytest.raises(PublishError, match="target dev"):
        publish("run1", data, manifest=MANIFEST)


@pytest.mark.parametrize("has_warehouse", [False, True])
def test_without_marts_one_is_told_to_run(data, has_warehouse):
    if has_warehouse:
        with connect(data.warehouse):
            pass
    with pytest.raises(PublishError, match="c360 run"):
        publish("run1", data, manifest=MANIFEST)
