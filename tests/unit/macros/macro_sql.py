"""Render a macro to SQL without dbt, for tests of what one expression computes."""

from __future__ import annotations

from functools import cache
from types import SimpleNamespace
from typing import Any

import jinja2

from orchestration.warehouse import PROJECT_ROOT


class _Package:
    """The macros by the name of the package, as they call each other."""

    def __init__(self, found: dict[str, Any]) -> None:
        self._found = found

    def __getattr__(self, name: str) -> Any:
        return getattr(self._found["module"], name)


@cache
def _macros() -> Any:
    """Return all macros of the folders that make expressions, as one module."""
    environment = jinja2.Environment(extensions=["jinja2.ext.do"])
    found: dict[str, Any] = {}
    environment.globals.update(
        adapter=SimpleNamespace(
            dispatch=lambda macro, _: getattr(found["module"], f"default__{macro}")
        ),
        customer360=_Package(found),
        ref=lambda model: model,
        **{"return": lambda value: value},
    )
    files = [
        path
        for folder in ("cross_db", "marts", "standardise")
        for path in sorted((PROJECT_ROOT / "macros" / folder).glob("*.sql"))
    ]
    source = "\n".join(path.read_text(encoding="utf-8") for path in files)
    found["module"] = environment.from_string(source).module
    return found["module"]


def macro_sql(name: str, *arguments: str | list[str]) -> str:
    """Return the SQL of macro `name`, dispatched as on DuckDB."""
    return str(getattr(_macros(), name)(*arguments)).strip()
