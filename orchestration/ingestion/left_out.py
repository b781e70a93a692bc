"""What a table says it does not want of what its system sends (`meta.leave_out`).

Belongs here: the SQL that leaves columns, and paths inside of their JSON, out of what
is loaded. Does not belong here: finding what no model reads (`privacy/unused.py`).
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from orchestration.ingestion.sql import literal
from orchestration.ingestion.staged import Staged


def without(staged: Staged, paths: Iterable[str]) -> Staged:
    """Return what is staged without some of it; text that is no JSON stays whole.

    Args:
        staged: as the reader made it.
        paths: columns, or a column and the names that lead into its JSON, as
            `context.ip`. Inside of lists nothing is left out.
    """
    columns = dict(staged.columns)
    inside: dict[str, list[list[str]]] = {}
    for path in paths:
        column, *names = path.split(".")
        if names:
            inside.setdefault(column, []).append(names)
        elif column in columns:
            columns[column] = "cast(null as varchar)"
    for column in inside.keys() & columns.keys():
        columns[column] = _without_names(columns[column], inside[column])
    return replace(staged, columns=columns)


def _without_names(sql: str, paths: list[list[str]]) -> str:
    """Return SQL that takes out of an object those of the names that it has."""
    patches = ", ".join(
        f"case when json_exists({sql}, {literal(_json_path(names))}) "
        f"then {literal(_patch(names))} end"
        for names in paths
    )
    # A patch takes out what it says is null, and would add what leads to it (RFC 7396).
    needed = f"list_filter([{patches}], lambda patch: patch is not null)"
    patched = "cast(json_merge_patch(said, patch) as varchar)"
    return (
        f"case when json_valid({sql}) then list_reduce(list_prepend({sql}, {needed}), "
        f"lambda said, patch: {patched}) else {sql} end"
    )


def _json_path(names: list[str]) -> str:
    return "$" + "".join(f'."{name}"' for name in names)


def _patch(names: list[str]) -> str:
    patch: Any = None
    for name in reversed(names):
        patch = {name: patch}
    return json.dumps(patch)
