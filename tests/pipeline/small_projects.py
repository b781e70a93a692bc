"""dbt projects of a few models, with those macros of ours that every build needs."""

import shutil
from collections.abc import Mapping
from pathlib import Path

from orchestration.warehouse import PROJECT_ROOT

# Of dbt_project.yml: what each of them says, up to the layers it has.
MODELS = """
name: customer360
profile: customer360
vars: {}
on-run-start: ["{{ ensure_ops() }}"]
models:
  +post-hook: "{{ record_build() }}"
  customer360:
"""


def write_project(root: Path, files: Mapping[str, str], *folders: str) -> Path:
    """Write the files of a project, and folders of our macros, to an empty folder."""
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    for folder in ("gates", "slices", *folders):
        shutil.copytree(PROJECT_ROOT / "macros" / folder, root / "macros" / folder)
    for name in ("ensure_ops.sql", "generate_schema_name.sql"):
        shutil.copy(PROJECT_ROOT / "macros" / name, root / "macros")
    return root
