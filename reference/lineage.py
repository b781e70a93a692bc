"""dbt's own documentation with the graph of all models, as one file."""

from __future__ import annotations

from pathlib import Path

from orchestration import project
from orchestration.dbt.runner import invoke


def build() -> Path:
    """Return the page, made anew if the project was parsed since.

    It needs no warehouse: types are those that contracts declare.

    Raises:
        ProjectError: dbt cannot write it.
    """
    manifest = project.parse()
    page = manifest.parent / "static_index.html"
    if not page.exists() or page.stat().st_mtime_ns < manifest.stat().st_mtime_ns:
        result = invoke(
            ["docs generate", "--static", "--empty-catalog", "--no-compile"]
        )
        if not result.success:
            raise project.ProjectError(
                f"dbt cannot write its documentation.\n{result.message}"
            )
    return page
