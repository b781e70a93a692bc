"""dbt without the work that nobody reads: it does much for every single statement.

A run of a few hundred small tables is mostly dbt's own Python. Within `lean_dbt`, log
events below the level that is kept are not written out, Jinja that was compiled
once in this process is not compiled again, the answer of a statement without rows is
one and the same empty table, and what guesses the types of the others is made once.

Imports dbt, so import this module inside functions only.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from functools import cache
from types import CodeType
from typing import Any
from unittest import mock

from dbt_common.clients import agate_helper, jinja
from dbt_common.events.base_types import BaseEvent, EventLevel
from dbt_common.events.event_manager import EventManager

_NOT_KEPT = (EventLevel.DEBUG, EventLevel.TEST)

_event: Any = BaseEvent.__init__
_fire: Any = EventManager.fire_event
_compile: Any = jinja.MacroFuzzEnvironment.compile
_type_tester: Any = cache(agate_helper.build_type_tester)
_code: dict[str, CodeType] = {}


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
