"""What a table was expected to be, as a fingerprint: when that changes, judge it again.

It is taken of the code that suites are made of, not of the suites: those would have to
import Great Expectations, which costs an idle run more than all else. The code is read
as Python reads it, so a comment or a line break changes nothing.
"""

from __future__ import annotations

import ast
import hashlib
from collections.abc import Mapping
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from orchestration.gates.dbt_tests import declared_tests
from orchestration.gates.suites import key_columns, written_in

# What makes expectations out of declarations, and the words that suites are written in.
_MAKERS = (
    "expectations.rules",
    "orchestration.gates.gx_rows",
    "orchestration.gates.suites",
    "orchestration.gates.dbt_tests",
)


def suite_fingerprint(node: Mapping[str, Any], manifest: Mapping[str, Any]) -> str:
    """Return a fingerprint of all that a model is expected to be.

    An entry of `SUITES` counts for its own table; what else its module says counts for
    every table of the module, and the rules themselves for all.
    """
    module, name = written_in(node)
    entries, shared = _parsed(f"expectations.{module}")
    parts = [
        node["fqn"],
        key_columns(node, manifest),
        declared_tests(node, manifest),
        entries.get(name),
        shared,
        *(_parsed(maker)[1] for maker in _MAKERS),
    ]
    return hashlib.sha256(repr(parts).encode()).hexdigest()[:16]


def rules_written_in(node: Mapping[str, Any]) -> str | None:
    """Return the file of `expectations/` that adds rules to a table, if one does."""
    module, name = written_in(node)
    entries, _ = _parsed(f"expectations.{module}")
    return f"expectations/{module}.py" if name in entries else None


@cache
def _parsed(module: str) -> tuple[Mapping[str, str], str]:
    """Return the entries of a module's `SUITES`, by table, and the rest of its code.

    Read once a process, and before the module is imported: were it edited in between,
    the next run would judge once too often, never once too little.
    """
    spec = find_spec(module)
    if spec is None or spec.origin is None:
        return {}, ""
    entries: dict[str, str] = {}
    shared = []
    for statement in ast.parse(Path(spec.origin).read_text(encoding="utf-8")).body:
        suites = _suites_in(statement)
        if suites is None:
            shared.append(ast.dump(statement))
        else:
            entries = {name: ast.dump(suite) for name, suite in suites.items()}
    return entries, "\n".join(shared)


def _suites_in(statement: ast.stmt) -> dict[str, ast.expr] | None:
    """Return the suites by table, where a statement writes them out as `SUITES`."""
    match statement:
        case ast.Assign([ast.Name("SUITES")], ast.Dict(keys, suites)):
            names = [key.value for key in keys if isinstance(key, ast.Constant)]
            if len(names) == len(suites):
                return {str(n): s for n, s in zip(names, suites, strict=True)}
    return None
