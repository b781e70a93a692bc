"""The access log: whatever is done to a line that was written, it shows."""

import json
import os
import threading
from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orchestration import clock
from orchestration.privacy import access_chain, access_log
from orchestration.privacy.access_log import (
    AccessLogError,
    Entry,
    append,
    append_all,
    entries,
    redact,
    verify,
)
from orchestration.warehouse import DataDir


def written(data: DataDir, number: int) -> list[str]:
    for view in range(number):
        append(data, "profile.view", subject=f"c{view}", by="ann")
    return access_log.log_path(data).read_text().splitlines()


def put(data: DataDir, lines: list[str]) -> None:
    text = "".join(f"{line}\n" for line in lines)
    access_log.log_path(data).write_text(text)


def test_an_entry_says_who_did_what_to_whom_when_and_why(data):
    append(data, "audience.export", subject="win_back", purpose="marketing", by="ann")
    (entry,) = entries(data)
    assert isinstance(entry.pop("at"), datetime)
    assert entry == {
        "number": 1,
        "by": "ann",
        "action": "audience.export",
        "subject": "win_back",
        "purpose": "marketing",
        "details": {},
        "previous_sha256": access_chain.GENESIS,
    }


def test_a_log_that_nobody_touched_is_whole(data):
    assert verify(data) is None
    written(data, 3)
    assert verify(data) is None


@settings(max_examples=60)
@given(data=st.data())
def test_an_edited_removed_or_reordered_line_is_found(data, tmp_path_factory):
    home = DataDir(tmp_path_factory.mktemp("log"))
    lines = written(home, data.draw(st.integers(2, 6), label="entries"))
    line = data.draw(st.integers(0, len(lines) - 1), label="line")
    how = data.draw(st.sampled_from(["edit", "remove", "move", "double"]))
    if how == "edit":
        at = data.draw(st.integers(0, len(lines[line]) - 1), label="byte")
        other = "x" if lines[line][at] != "x" else "y"
        lines[line] = lines[line][:at] + other + lines[line][at + 1 :]
    elif how == "remove":
        del lines[line]
    elif how == "double":
        lines.insert(line, lines[line])
    else:
        lines.insert((line + 1) % len(lines), lines.pop(line))
    put(home, lines)
    found = verify(home)
    assert found is not None
    # Found at the line itself or at the one after it, whose link no longer fits.
    assert found.line <= line + 2 or how == "move"


def test_lines_cut_off_the_end_are_missed(data):
    put(data, written(data, 3)[:2])
    assert str(verify(data)) == "Line 3 of the access log is missing."


def test_a_forged_chain_still_lacks_the_head(data):
    lines = [json.loads(line) for line in written(data, 3)]
    lines[0]["by"] = "bob"
    before = access_chain.GENESIS
    for entry in lines:
        entry["previous_sha256"] = before
        before = access_chain.sha256(access_chain.spelt(entry))
    put(data, [access_chain.spelt(entry).decode() for entry in lines])
    assert verify(data) == access_chain.Break(3, "is not the one that was written last")


def test_nothing_is_written_after_an_end_that_was_tampered_with(data):
    lines = written(data, 2)
    put(data, lines[:1])
    with pytest.raises(AccessLogError, match="does not end as it was written"):
        append(data, "profile.view")
    assert access_log.log_path(data).read_text().splitlines() == lines[:1]


def test_a_writer_that_dies_before_the_head_is_written_loses_nothing(data):
    written(data, 2)
    head = access_log.head_path(data).read_text()
    append(data, "privacy.erase", by="ann")
    access_log.head_path(data).write_text(head)
    assert verify(data) is None
    append(data, "profile.view")
    assert [entry["number"] for entry in entries(data)] == [1, 2, 3, 4]
    assert verify(data) is None


def test_entries_added_together_are_a_chain_and_survive_a_writer_that_dies(data):
    written(data, 2)
    head = access_log.head_path(data).read_text()
    append_all(data, [Entry("profile.view", f"c{n}", by="ann") for n in range(3)])
    assert verify(data) is None
    access_log.head_path(data).write_text(head)
    assert verify(data) is None
    append(data, "profile.view")
    assert [entry["number"] for entry in entries(data)] == [1, 2, 3, 4, 5, 6]
    assert verify(data) is None


def test_what_a_power_loss_left_the_head_behind_is_guarded_again_by_the_next_entry(
    data,
):
    """Until then entries that the head does not name can be cut: see decision 25."""
    written(data, 2)
    head = access_log.head_path(data).read_text()
    lines = written(data, 1)
    access_log.head_path(data).write_text(head)
    put(data, lines[:2])
    assert verify(data) is None

    put(data, lines)
    append(data, "profile.view")
    put(data, lines)
    assert str(verify(data)) == "Line 4 of the access log is missing."
    put(data, lines[:2])
    assert str(verify(data)) == "Line 3 of the access log is missing."


def test_a_log_that_goes_on_past_its_head_must_still_come_by_it(data):
    lines = written(data, 3)
    head = access_log.head_path(data).read_text()
    append_all(data, [Entry("profile.view") for _ in range(2)])
    access_log.head_path(data).write_text(head.replace(head.strip()[-10:-2], "0" * 8))
    assert verify(data) == access_chain.Break(3, "is not the one that was written last")
    with pytest.raises(AccessLogError):
        append(data, "profile.view")
    assert len(access_log.log_path(data).read_text().splitlines()) == len(lines) + 2


def test_a_head_as_it_was_once_written_is_gone_on_from(data):
    written(data, 2)
    head = access_log.head_path(data)
    head.write_text(head.read_text().strip())
    for number in (3, 4):
        append(data, "profile.view")
        assert json.loads(head.read_text())["number"] == number
        assert verify(data) is None


def test_half_of_an_entry_was_promised_to_nobody(data):
    written(data, 2)
    with access_log.log_path(data).open("a") as log:
        log.write('{"number":3,"at":"2026')
    assert verify(data) is None
    append(data, "profile.view")
    assert [entry["number"] for entry in entries(data)] == [1, 2, 3]
    assert verify(data) is None


def test_an_entry_longer_than_what_is_read_at_once_is_found_again(data, monkeypatch):
    monkeypatch.setattr(access_chain, "_TAIL_BYTES", 7)
    written(data, 3)
    assert verify(data) is None


def test_many_writers_at_once_make_one_chain(data):
    writers = [
        threading.Thread(target=append, args=(data, "profile.view")) for _ in range(8)
    ]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert [entry["number"] for entry in entries(data)] == list(range(1, 9))
    assert verify(data) is None


def test_time_does_not_go_back_with_the_machine(data, monkeypatch):
    append(data, "profile.view")
    monkeypatch.setattr(clock, "machine_time", lambda: datetime(2000, 1, 1))
    append(data, "profile.view")
    first, second = entries(data)
    assert first["at"] == second["at"]


def test_a_line_that_is_no_entry_is_told_with_its_number(data: DataDir, tmp_path: Path):
    put(data, [*written(data, 1), "[1]"])
    with pytest.raises(AccessLogError, match="Line 2 of"):
        list(entries(data))


def test_what_an_entry_must_not_say_goes_and_the_chain_holds(data: DataDir) -> None:
    append(data, "privacy.access", purpose="for ann@example.org")
    head = append(data, "privacy.access", purpose="ticket 7")

    assert redact(data, lambda line: line.replace("ann@example.org", ""))

    assert verify(data) is None
    first, second, third = entries(data)
    assert (first["purpose"], second["purpose"]) == ("for ", "ticket 7")
    assert third["details"] == {"sha256_before": head.sha256}
    assert not redact(data, lambda line: line)


@pytest.mark.parametrize("step", [1, 2, 3])
def test_a_log_whose_rewriting_is_stopped_is_the_old_or_the_new_one(
    data, monkeypatch, step
):
    append(data, "privacy.access", purpose="for ann@example.org")
    append(data, "privacy.access", purpose="ticket 7")

    class Stopped(BaseException):
        """The machine stops here."""

    def forget_ann(line: str) -> str:
        return line.replace("ann@example.org", "")

    steps = iter(range(1, 4))
    real = Path.replace

    def replace(path: Path, target: Path) -> Path:
        if next(steps) == step:
            raise Stopped
        return real(path, target)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", replace)
        with pytest.raises(Stopped):
            redact(data, forget_ann)

    assert verify(data) is None
    append(data, "profile.view")
    redact(data, forget_ann)
    assert verify(data) is None
    assert "ann@" not in access_log.log_path(data).read_text()
    actions = [entry["action"] for entry in entries(data)]
    assert sorted(actions) == ["log.redact", *["privacy.access"] * 2, "profile.view"]


def test_lines_that_are_rewritten_are_on_the_disk_before_they_take_their_place(
    data, monkeypatch
):
    append(data, "privacy.access", purpose="for ann@example.org")
    synced = set()
    monkeypatch.setattr(os, "fsync", lambda file: synced.add(os.fstat(file).st_ino))
    redact(data, lambda line: line.replace("ann@example.org", ""))
    assert access_log.log_path(data).stat().st_ino in synced
    assert access_log.head_path(data).stat().st_ino in synced


def test_a_log_that_was_edited_is_not_chained_anew(data: DataDir) -> None:
    append(data, "privacy.access")
    append(data, "privacy.access")
    path = access_log.log_path(data)
    path.write_bytes(path.read_bytes().replace(b"privacy.access", b"privacy.excess", 1))

    with pytest.raises(AccessLogError, match="Put a backup"):
        redact(data, lambda line: line.upper())
