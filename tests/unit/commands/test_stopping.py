"""A command that works long ends at once when it is told to, and says what then."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from orchestration.commands.stopping import until_stopped
from orchestration.universe import write_universe
from orchestration.warehouse import PROJECT_ROOT, DataDir

WORKS_LONG = """
import sys, time
from orchestration.commands.stopping import until_stopped

def work():
    open(sys.argv[1], "w").close()
    try:
        time.sleep(60)
    finally:
        print("cleaned up")

until_stopped(work, "Go on with c360 run.")
"""


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_the_work_in_its_midst(tmp_path: Path, number: signal.Signals):
    begun = tmp_path / "begun"
    process = subprocess.Popen(
        [sys.executable, "-c", WORKS_LONG, str(begun)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    while not begun.exists():
        assert process.poll() is None
        time.sleep(0.05)
    process.send_signal(number)
    said, complained = process.communicate(timeout=30)
    assert process.returncode == 128 + number
    assert complained.strip() == "✗ Stopped. Go on with c360 run."
    assert said == ""


def test_the_work_is_done_if_nobody_stops_it():
    before = signal.getsignal(signal.SIGTERM)
    assert until_stopped(lambda: 42, "") == 42
    assert signal.getsignal(signal.SIGTERM) is before


def test_an_error_of_the_work_is_told():
    with pytest.raises(ZeroDivisionError):
        until_stopped(lambda: 1 // 0, "")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_stopped_world_leaves_nothing_that_a_run_would_load(
    data: DataDir, number: signal.Signals
):
    """Nor a process: its chunks are written by some, which a terminal tells as well."""
    process = subprocess.Popen(
        [sys.executable, "-m", "orchestration.cli", "universe", "--customers", "40000"],
        cwd=PROJECT_ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    drafts = data.truth / "drafts.tmp" / "landing"
    while not any(drafts.rglob("*.*")):
        assert process.poll() is None
        time.sleep(0.05)
    os.killpg(process.pid, number)
    # Every process of them holds the pipes, which end with the last.
    _, complained = process.communicate(timeout=30)
    assert process.returncode == 128 + number
    said = " ".join(complained.split())
    assert said == "✗ Stopped. No file has landed. The same command begins anew."
    assert not data.landing.exists()

    write_universe(data.root, customers=20)
    assert not drafts.exists()
    assert any(data.landing.rglob("*.csv"))
