"""What dbt has and sqlfluff's templater lacks, so that models render with our macros.

sqlfluff lints SQL as it is after rendering. It reads `macros/` itself and knows `ref`,
`source` and the like; the public names below are the rest. They speak for a project at
parse time: nothing has been built, so `raw_rows` is the bare source. Only sqlfluff
imports this: see pyproject.toml.
"""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import jinja2

execute = False
invocation_id = "0"
run_started_at = datetime(2000, 1, 1, tzinfo=UTC)


class _Target:
    """Where models would be built."""

    type = "duckdb"


class _Macros:
    """The macros of this project behind its name: `customer360.clean_text`."""

    def __getattr__(self, name: str) -> Callable[..., Any]:
        if name.startswith("_"):  # what Jinja asks of everything that it calls
            raise AttributeError(name)

        @jinja2.pass_context
        def macro(context: jinja2.runtime.Context, *args: Any, **kwargs: Any) -> Any:
            return context[name](*args, **kwargs)

        return macro


class _Adapter:
    """Chooses the implementation for DuckDB, as dbt's adapter does."""

    def dispatch(self, name: str, package: str) -> Callable[..., Any]:
        """Return the macro `duckdb__<name>`, or else `default__<name>`."""

        @jinja2.pass_context
        def macro(context: jinja2.runtime.Context, *args: Any, **kwargs: Any) -> Any:
            chosen = context.get(f"duckdb__{name}") or context[f"default__{name}"]
            return chosen(*args, **kwargs)

        return macro


class _Dbt:
    """The portable functions of dbt itself that models use."""

    def hash(self, field: str) -> str:
        """Return SQL for the MD5 of a text."""
        return f"md5({field})"

    def date_spine(self, datepart: str, start_date: str, end_date: str) -> str:
        """Return SQL with the column of a series of dates."""
        return f"select {start_date} as date_{datepart}"

    def datediff(self, first: str, second: str, part: str) -> str:
        """Return SQL for the number of `part` between two moments."""
        return f"datediff('{part}', {first}, {second})"


target = _Target()
customer360 = _Macros()
adapter = _Adapter()
dbt = _Dbt()


def match_model(_learnt: str | None = None) -> dict[str, Any]:
    """Return rules of matching, of which dbt reads the real ones from the warehouse."""
    level = {"level": "same", "test": "same", "fields": ["email"], "weight": 1}
    rest = level | {"level": "different", "test": "otherwise"}
    comparison = {"fields": ["email"], "levels": [level, rest]}
    names = ("accept", "queue", "matches_per_entity", "families", "unseen_pair")
    settings = dict.fromkeys(names, 0)
    return {
        "blocks": [{"name": "email", "fields": ["email"], "max_entities": 2}],
        "comparisons": dict.fromkeys(
            ("given_name", "family_name", "birth_date", "address"), comparison
        ),
        "settings": settings,
    }
