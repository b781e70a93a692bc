"""dbt without the work that nobody reads: it does much for every single statement.

A run of a few hundred small tables is mostly dbt's own Python. Within `lean_dbt`, log
events below the level that is kept are not written out, no Jinja is compiled twice, the
answer of a statement without rows is one and the same empty table, and what guesses the
types of the others is made once. A graph is searched for cycles once, not drawn up for
people who look into dbt, and the names of all macros, which each node is given twice,
are laid out at once.

Imports dbt, so import this module inside functions only.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from functools import cache
from pathlib import Path
from typing import Any
from unittest import mock

from dbt.clients.jinja import MacroGenerator
from dbt.compilation import Linker
from dbt.context.macros import MacroNamespace
from dbt.include.global_project import PROJECT_NAME
from dbt_common.clients import agate_helper
from dbt_common.events.base_types import BaseEvent, EventLevel
from dbt_common.events.event_manager import EventManager

from orchestration.dbt.compiled_jinja import jinja_compiled_once

_NOT_KEPT = (EventLevel.DEBUG, EventLevel.TEST)

_event: Any = BaseEvent.__init__
_fire: Any = EventManager.fire_event
_type_tester: Any = cache(agate_helper.build_type_tester)
_find_cycles: Any = Linker.find_cycles
_without_cycles: set[int] = set()


@contextmanager
def lean_dbt(compiled: Path) -> Iterator[None]:
    """Let dbt do without what it would do in vain; log no more than its level info.

    Args:
        compiled: the folder where compiled Jinja is kept for the next process.
    """
    with ExitStack() as patches:
        patches.enter_context(jinja_compiled_once(compiled))
        for owner, name, replacement in (
            (BaseEvent, "__init__", _init_event),
            (BaseEvent, "__getattr__", _attribute_of_event),
            (EventManager, "fire_event", _fire_event),
            (agate_helper, "empty_table", cache(agate_helper.empty_table)),
            (agate_helper, "build_type_tester", _type_tester_once),
            (Linker, "find_cycles", _find_cycles_once),
            (Linker, "get_graph_summary", _summarise_nothing),
            (MacroGenerator, "__init__", _init_macro),
            (MacroNamespace, "_keys", _all_macros),
            (MacroNamespace, "__getitem__", _macro_of_name),
        ):
            patches.enter_context(mock.patch.object(owner, name, replacement))
        yield


def _init_event(self: BaseEvent, *args: Any, **kwargs: Any) -> None:
    """Keep what an event says, and put it into its message once somebody reads it."""
    self.__dict__["_said"] = (args, kwargs)


def _attribute_of_event(self: BaseEvent, name: str) -> Any:
    if name.startswith("__") or "_said" not in self.__dict__:
        raise AttributeError(name)
    if name == "pb_msg":
        args, kwargs = self.__dict__["_said"]
        _event(self, *args, **kwargs)
        return self.__dict__["pb_msg"]
    return getattr(self.pb_msg, name)


def _fire_event(
    self: EventManager,
    e: BaseEvent,
    level: EventLevel | None = None,
    *args: Any,
    **kwargs: Any,
) -> None:
    if (level or e.level_tag()) not in _NOT_KEPT:
        _fire(self, e, level, *args, **kwargs)


def _type_tester_once(
    text_columns: Iterable[str],
    string_null_values: Iterable[str] | None = ("null", ""),
) -> Any:
    """Make what guesses the types of an answer once: it takes a parser of dates."""
    nulls = None if string_null_values is None else tuple(string_null_values)
    return _type_tester(frozenset(text_columns), nulls)


def _find_cycles_once(self: Linker) -> str | None:
    graph = hash(frozenset(self.graph.edges))
    if graph in _without_cycles:
        return None
    if (found := _find_cycles(self)) is None:
        _without_cycles.add(graph)
    return found


def _summarise_nothing(self: Linker, manifest: Any) -> dict[int, dict[str, Any]]:
    return {}


def _init_macro(
    self: MacroGenerator,
    macro: Any,
    context: dict[str, Any] | None = None,
    node: Any = None,
    stack: Any = None,
) -> None:
    self.macro, self.context, self.node, self.stack = macro, context, node, stack


def _all_macros(self: MacroNamespace) -> Any:
    """Lay out what dbt would look for name by name, in one namespace after another."""
    if "_laid_out" not in self.__dict__:
        self.__dict__["_laid_out"] = {
            **self.global_project_namespace,
            PROJECT_NAME: self.global_project_namespace,
            **self.packages,
            **self.global_namespace,
            **self.local_namespace,
        }
    return self.__dict__["_laid_out"]


def _macro_of_name(self: MacroNamespace, key: str) -> Any:
    return _all_macros(self)[key]
