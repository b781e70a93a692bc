"""A run that somebody stops ends at once and in a sentence; the next one goes on."""

import os
import signal
import subprocess
import sys

import pytest

from orchestration.universe import write_universe
from orchestration.warehouse import PROJECT_ROOT, DataDir
from tests.pipeline.processes import assert_no_row_lost, assert_whole, succeed

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_stopped_run_is_gone_on_with(data: DataDir, number: signal.Signals):
    write_universe(data.root, customers=100)
    run = subprocess.Popen(
        [sys.executable, "-m", "orchestration.cli", "run"],
        env={**os.environ, "PYTHONUNBUFFERED": "1", "COLUMNS": "1000"},
        cwd=PROJECT_ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    said = ""
    while "staging: " not in said:
        line = run.stdout.readline()
        assert line, said
        said += line
    run.send_signal(number)
    rest, complained = run.communicate(timeout=60)
    assert run.returncode == 128 + number, said + rest + complained
    assert "Stopped. What was built stays" in complained
    assert "Traceback" not in rest + complained
    assert not (data.published / "current").exists()

    succeed(data, "run")
    assert_whole(data)
    assert_no_row_lost(data)
