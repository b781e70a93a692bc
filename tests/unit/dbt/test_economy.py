"""What is left out of dbt is what nobody reads; all else says and does the same."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from functools import partial
from pathlib import Path

import pytest
from dbt.adapters.events.types import SQLQuery
from dbt.clients.jinja import MacroGenerator
from dbt.compilation import Linker
from dbt.context.macros import MacroNamespace
from dbt_common.clients import agate_helper
from dbt_common.events.base_types import BaseEvent, EventLevel
from dbt_common.events.event_manager import EventManager
from dbt_common.events.types import Note

from orchestration.dbt.economy import lean_dbt

Lean = Callable[[], AbstractContextManager[None]]


@pytest.fixture
def lean(tmp_path: Path) -> Lean:
    """Return what makes dbt lean, with a folder for its compiled Jinja."""
    return partial(lean_dbt, tmp_path)


def heard(*events: BaseEvent, level: EventLevel | None = None) -> list[tuple[str, str]]:
    """Fire events; return level and text of those that a listener gets."""
    messages: list[tuple[str, str]] = []
    manager = EventManager()
    manager.add_callback(lambda m: messages.append((m.info.level, m.info.msg)))
    for event in events:
        manager.fire_event(event, level=level)
    return messages


def statement() -> SQLQuery:
    return SQLQuery(conn_name="model", sql="select 1", node_info={})


def test_listeners_get_what_is_of_the_level_info_and_above(lean):
    with lean():
        assert heard(statement(), Note(msg="done")) == [("info", "done")]
        assert heard(statement(), level=EventLevel.DEBUG) == []
        ((level, text),) = heard(statement(), level=EventLevel.WARN)
    assert level == "warn"
    assert "select 1" in text


def test_an_event_still_says_what_it_was_given(lean):
    with lean():
        event = statement()
        assert event.sql == "select 1"
        assert event.to_dict()["conn_name"] == "model"


def test_answers_have_the_types_that_dbt_gives_them(lean):
    rows = [{"name": "005", "number": 5, "day": "2026-01-02"}]
    with lean():
        lean, again = (
            agate_helper.table_from_data_flat(rows, ["name", "number", "day"])
            for _ in range(2)
        )
    usual = agate_helper.table_from_data_flat(rows, ["name", "number", "day"])
    assert lean.columns["name"].data_type is again.columns["name"].data_type
    for table in (lean, again):
        assert list(map(tuple, table.rows)) == list(map(tuple, usual.rows))
        assert [repr(type(c.data_type)) for c in table.columns] == [
            repr(type(c.data_type)) for c in usual.columns
        ]


def test_afterwards_dbt_is_as_it_was(lean):
    with lean():
        assert agate_helper.empty_table() is agate_helper.empty_table()
    assert agate_helper.empty_table() is not agate_helper.empty_table()
    assert [level for level, _ in heard(statement())] == ["debug"]


def macros(place: str, *names: str) -> dict[str, MacroGenerator]:
    """Macros of one package, whose macro is told as where it was found."""
    return {name: MacroGenerator(f"{place}.{name}") for name in names}


def test_a_macro_is_found_where_dbt_would_find_it(lean):
    def found() -> dict[str, object]:
        namespace = MacroNamespace(
            global_namespace=macros("root", "a", "b"),
            local_namespace=macros("local", "a"),
            global_project_namespace=macros("dbt", "a", "b", "c", "shop"),
            packages={"shop": macros("shop", "d")},
        )
        return {
            name: sorted(macro) if isinstance(macro, dict) else macro.macro
            for name, macro in dict(namespace).items()
        }

    usual = found()
    with lean():
        assert found() == usual
    assert usual == {
        "a": "local.a",
        "b": "root.b",
        "c": "dbt.c",
        "shop": ["d"],
        "dbt": ["a", "b", "c", "shop"],
    }


def test_an_unknown_macro_is_no_key(lean):
    with lean(), pytest.raises(KeyError):
        MacroNamespace({}, {}, {}, {})["nobody"]


def test_a_cycle_is_found_though_the_graph_before_had_none(lean):
    with lean():
        linker = Linker()
        linker.dependency("b", "a")
        assert [linker.find_cycles(), linker.find_cycles()] == [None, None]
        linker.dependency("a", "b")
        assert linker.find_cycles() in ("a --> b", "b --> a")
        assert linker.find_cycles() in ("a --> b", "b --> a")
