"""The notebook of the BI guide runs over a release, cell by cell."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import altair
import duckdb
import pytest

from orchestration.project import PROJECT_ROOT
from orchestration.warehouse import DataDir

NOTEBOOK = json.loads((PROJECT_ROOT / "docs/bi/first_looks.ipynb").read_text())
CELLS = [
    "".join(cell["source"]) for cell in NOTEBOOK["cells"] if cell["cell_type"] == "code"
]


@pytest.fixture
def names(
    people: DataDir, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[dict[str, Any]]:
    """What the cells defined, once all of them ran on a release of their own.

    Other tests of this process may have that of `people` open, as a server has it.
    """
    shutil.copytree(people.published, tmp_path / "published", symlinks=True)
    monkeypatch.setenv("C360_DATA_DIR", str(tmp_path))
    defined: dict[str, Any] = {}
    for cell in CELLS:
        exec(compile(cell, "first_looks.ipynb", "exec"), defined)
    yield defined
    defined["marts"].close()
    altair.renderers.enable("default")


def test_all_cells_run(names):
    assert {"revenue", "retention", "people"} <= names.keys()


def test_it_reads_the_masked_release(names):
    shown = names["marts"].sql("select display_name from marts.customers").fetchall()
    assert not any("Grünwald" in (name or "") for (name,) in shown)


def test_it_cannot_write(names):
    with pytest.raises(duckdb.InvalidInputException, match="read-only"):
        names["marts"].execute("create table marts.mine (one integer)")


def test_it_is_kept_without_output():
    assert all(not cell.get("outputs") for cell in NOTEBOOK["cells"])
