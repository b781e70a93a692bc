"""Which files are ready, and in which order."""

import os
import threading
import time
from datetime import UTC, date, datetime

import pytest

from orchestration.ingestion.landing import find_files, unread_folders


def write(folder, name, content="x"):
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(content)
    return folder / name


def paths(found):
    return [file.path for file in found]


def test_a_folder_that_is_not_there_has_no_files(tmp_path):
    assert find_files(tmp_path, "crm/people", 0) == ([], [])


def test_files_come_in_the_order_they_were_dropped(tmp_path):
    folder = tmp_path / "crm/people"
    late = write(folder, "a.csv")
    os.utime(late, (0, datetime(2026, 6, 15, tzinfo=UTC).timestamp()))
    for name in ("2026-06-30.csv", "z-2026-06-01-to-2026-06-30.csv", "2026-06-01.csv"):
        write(folder, name)
    found, _ = find_files(tmp_path, "crm/people", 0)
    assert paths(found) == [
        "crm/people/2026-06-01.csv",
        "crm/people/z-2026-06-01-to-2026-06-30.csv",
        "crm/people/a.csv",
        "crm/people/2026-06-30.csv",
    ]


@pytest.mark.parametrize(
    ("name", "dropped_on"),
    [
        ("2026-06-30.csv", date(2026, 6, 30)),
        ("export_2026-06-30_2.csv", date(2026, 6, 30)),
        ("2026-02-31_2026-03-01.csv", date(2026, 3, 1)),
        ("20260630.csv", date(2020, 1, 2)),
    ],
)
def test_the_first_real_date_in_the_name_is_the_drop_date(tmp_path, name, dropped_on):
    path = write(tmp_path / "s/t", name)
    os.utime(path, (0, datetime(2020, 1, 2, tzinfo=UTC).timestamp()))
    (file,), _ = find_files(tmp_path, "s/t", 0)
    assert file.dropped_on == dropped_on


def test_temporary_hidden_and_nested_files_do_not_count(tmp_path):
    folder = tmp_path / "s/t"
    for name in ("a.csv.tmp", ".a.csv", ".DS_Store"):
        write(folder, name)
    write(folder / "archive.csv", "a.csv")
    assert find_files(tmp_path, "s/t", 0) == ([], [])


def test_a_name_that_is_not_utf8_has_a_path_that_is(tmp_path):
    name = os.fsdecode(b"caf\xe9.csv")
    write(tmp_path / "s/t", name)
    found, _ = find_files(tmp_path, "s/t", 0)
    assert paths(found) == ["s/t/caf\ufffd.csv"]
    assert found[0].is_unchanged()


def test_a_file_that_grows_waits_and_the_others_do_not(tmp_path):
    folder = tmp_path / "s/t"
    write(folder, "done.csv")
    growing = write(folder, "growing.csv")
    stop = threading.Event()

    def grow():
        while not stop.wait(0.01):
            with growing.open("a") as content:
                content.write("x")

    writer = threading.Thread(target=grow)
    writer.start()
    try:
        found, waiting = find_files(tmp_path, "s/t", settle_seconds=0.3)
    finally:
        stop.set()
        writer.join()
    assert paths(found) == ["s/t/done.csv"]
    assert waiting == ["s/t/growing.csv"]


def test_files_that_rest_cost_no_waiting(tmp_path):
    write(tmp_path / "s/t", "a.csv")
    time.sleep(0.2)
    started = time.monotonic()
    found, _ = find_files(tmp_path, "s/t", settle_seconds=0.1)
    assert paths(found) == ["s/t/a.csv"]
    assert time.monotonic() - started < 0.1


def test_a_folder_that_no_source_declares_is_told(tmp_path):
    for name in ("shop/orders/a.csv", "shop/order/a.csv", "shop/order/b.csv"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    (tmp_path / "shop/empty").mkdir()
    (tmp_path / "shop/hidden").mkdir()
    (tmp_path / "shop/hidden/.keep").touch()
    assert unread_folders(tmp_path, ["shop/orders"]) == ["shop/order"]
