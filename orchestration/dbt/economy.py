"""dbt without the work that nobody reads: it does much for every single statement.

A run of a few hundred small tables is mostly dbt's own Python. Within `lean_dbt`, log
events below the level that is kept are not written out, Jinja that was compiled
once in this process is not compiled again, the answer of a statement without rows is
one and the same empty table, and what guesses the types of the others is made once. A
graph is searched for cycles once, not drawn up for people who look into dbt, and the
names of all macros, which each node is given twice, are laid out at once.

Imports dbt, so import this module inside functions only.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from functools import cache
from types import CodeType
from typing import Any
from unittest import mock

from dbt.clients.jinja import MacroGenerator
from dbt.compilation import Linker
from dbt.context.macros import MacroNamespace
from dbt.include.global_project import PROJECT_NAME
from dbt_common.clients import agate_helper, jinja
from dbt_common.events.base_types import BaseEvent, EventLevel
from dbt_common.events.event_manager import EventManager

_NOT_KEPT = (EventLevel.DEBUG, EventLevel.TEST)

_event: Any = BaseEvent.__init__
_fire: Any = EventManager.fire_event
_compile: Any = jinja.MacroFuzzEnvironment.compile
_type_tester: Any = cache(agate_helper.build_type_tester)
_find_cycles: Any = Linker.find_cycles
_code: dict[str, CodeType] = {}
_without_cycles: set[int] = set()


@contextmanager
def lean_dbt() -> Iterator[None]:
    """Let dbt do without what it would do in vain; log no more than its level info."""
    with ExitStack() as patches:
        for owner, name, replacement in (
            (BaseEvent, "__init__", _init_event),
            (BaseEvent, "__getattr__", _attribute_of_event),
            (EventManager, "fire_event", _fire_event),
            (jinja.MacroFuzzEnvironment, "compile", _compile_once),
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


def _compile_once(
    self: jinja.MacroFuzzEnvironment, source: Any, *args: Any, **kwargs: Any
) -> Any:
    if args or kwargs or not isinstance(source, str):
        return _compile(self, source, *args, **kwargs)
    if source not in _code:
        _code[source] = _compile(self, source)
    return _code[source]


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
