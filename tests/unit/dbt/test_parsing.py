"""Parsing the project: several processes that start at the same time."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from tests.pipeline.small_projects import MODELS, write_project

WHO_PARSED = (
    "from orchestration import project; manifest = project.manifest(); "
    "print(manifest['metadata']['invocation_id'])"
)


def test_one_process_parses_and_the_others_wait_for_it(tmp_path: Path) -> None:
    models = {f"models/marts/mart_{n}.sql": "select 1 as one" for n in range(50)}
    files = {"dbt_project.yml": MODELS + "    marts: {+schema: marts}\n", **models}
    root = write_project(tmp_path / "project", files)
    environment = os.environ | {"C360_PROJECT_DIR": str(root)}
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", WHO_PARSED],
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for _ in range(3)
    ]
    said = [process.communicate(timeout=120) for process in processes]
    assert [process.returncode for process in processes] == [0, 0, 0], said
    assert len({out for out, _ in said}) == 1
