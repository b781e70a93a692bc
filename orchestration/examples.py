"""Real data sets as examples: where their files come from and how they land.

Belongs here: turning the files of a published data set into landing files, as
`examples/<name>/landing.yml` declares. Does not belong here: what the rows mean, which
is the SQL of the example, and reading landing files, which is ingestion.
"""

from __future__ import annotations

import filecmp
import os
import shutil
import time
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import duckdb
import yaml

from orchestration.warehouse import PROJECT_ROOT, DataDir

EXAMPLES = PROJECT_ROOT / "examples"


def example_project(name: str) -> Path:
    """Return the dbt project of an example.

    Raises:
        ValueError: there is no example of that name.
    """
    projects = {
        path.parent.name: path.parent for path in EXAMPLES.glob("*/landing.yml")
    }
    if name not in projects:
        known = ", ".join(sorted(projects))
        raise ValueError(f"There is no example {name!r}. Examples are: {known}.")
    return projects[name]


def land_example(name: str, data: DataDir, source: Path | None = None) -> list[Path]:
    """Land the files of a data set, unless the same bytes have landed already.

    Args:
        name: Folder of the example under `examples/`.
        data: Data directory whose `landing/` receives the files.
        source: Folder that holds the data set; without it, an installed package that
            carries the data, then the folder of shared data, is taken.

    Returns:
        The landing files, one per table, whether new or there before.

    Raises:
        ValueError: there is no example of that name.
        FileNotFoundError: no folder holds all files of its data set.
    """
    declared = yaml.safe_load((example_project(name) / "landing.yml").read_text())
    tables = {
        table: [names] if isinstance(names, str) else names
        for table, names in declared["tables"].items()
    }
    folders = [source] if source else list(_usual_folders(declared))
    found = next(filter(None, (_find_all(folder, tables) for folder in folders)), None)
    if found is None:
        looked = " or ".join(str(folder) for folder in folders)
        raise FileNotFoundError(
            f"The data of the example {name!r} are not in {looked}. {declared['where']}"
        )
    landed = []
    for table, files in found.items():
        folder = data.landing / declared["system"] / table
        landed.append(folder / f"{declared['dropped_on']}.parquet")
        _land(files, landed[-1])
    return landed


def _usual_folders(declared: dict[str, Any]) -> Iterator[Path]:
    if "package" in declared:
        module, _, inside = declared["package"].partition("/")
        spec = find_spec(module)
        if spec and spec.origin:
            yield Path(spec.origin).parent / inside
    shared = Path(os.environ.get("C360_SHARED_DATA", PROJECT_ROOT / "../shared/data"))
    yield (shared / declared["shared"]).resolve()


def _find_all(
    folder: Path, tables: dict[str, list[str]]
) -> dict[str, list[Path]] | None:
    """Return the files of every table, by the first pattern that matches any."""
    found = {
        table: next(filter(None, (sorted(folder.glob(p)) for p in patterns)), [])
        for table, patterns in tables.items()
    }
    return found if all(found.values()) else None


def _land(files: list[Path], target: Path) -> None:
    """Put files in the place of `target`, joined to one Parquet file if CSV."""
    target.parent.mkdir(parents=True, exist_ok=True)
    # Ingestion leaves *.tmp alone, and files that may still be growing: this one is
    # whole when it gets its name, so that nothing need wait for it to settle.
    draft = target.with_suffix(".parquet.tmp")
    if files[0].suffix == ".csv":
        duckdb.sql(
            "from read_csv(?, all_varchar = true)",
            params=[[str(file) for file in files]],
        ).write_parquet(str(draft))
    else:
        shutil.copyfile(files[0], draft)
    if target.exists() and filecmp.cmp(draft, target, shallow=False):
        draft.unlink()
        return
    long_settled = time.time() - 3600
    os.utime(draft, (long_settled, long_settled))
    draft.replace(target)
