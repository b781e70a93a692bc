"""Jinja that was compiled is kept for the next process, and means the same there."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from dbt.clients.jinja import get_rendered

from orchestration.dbt import compiled_jinja
from orchestration.dbt.compiled_jinja import jinja_compiled_once

TEXT = "{{ x }} of {{ y }}"


@pytest.fixture(autouse=True)
def compiled(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """Forget what this process compiled; note what it compiles."""
    usual, texts = compiled_jinja._compile, []

    def compile_noted(self: object, source: str) -> object:
        texts.append(source)
        return usual(self, source)

    monkeypatch.setattr(compiled_jinja, "_compile", compile_noted)
    monkeypatch.setattr(compiled_jinja, "_code", {})
    yield texts
    compiled_jinja._kept.cache_clear()


def rendered(folder: Path, **values: object) -> str:
    """Render the text as a process does that begins."""
    compiled_jinja._code.clear()
    compiled_jinja._kept.cache_clear()
    with jinja_compiled_once(folder):
        return get_rendered(TEXT, values)


def test_the_next_process_compiles_nothing_again(tmp_path, compiled):
    assert rendered(tmp_path, x=1, y=2) == "1 of 2"
    assert rendered(tmp_path, x=3, y=4) == "3 of 4"
    assert compiled == [TEXT]


@pytest.mark.parametrize("content", [b"", b"no code", b"\xe9\x01\x00\x00\x00"])
def test_a_damaged_file_is_written_anew(tmp_path, compiled, content):
    rendered(tmp_path, x=1, y=2)
    (file,) = tmp_path.iterdir()
    whole = file.read_bytes()
    file.write_bytes(content)
    assert rendered(tmp_path, x=1, y=2) == "1 of 2"
    assert compiled == [TEXT, TEXT]
    assert (
        [file.read_bytes()] == [whole] == [p.read_bytes() for p in tmp_path.iterdir()]
    )


def test_a_file_that_grew_too_large_is_begun_anew(tmp_path, compiled, monkeypatch):
    rendered(tmp_path, x=1, y=2)
    monkeypatch.setattr(compiled_jinja, "_LARGEST", 10)
    rendered(tmp_path, x=1, y=2)
    assert compiled == [TEXT, TEXT]


def test_what_becomes_a_value_is_not_taken_for_what_becomes_text(tmp_path):
    def answer(*, native: bool) -> object:
        return get_rendered("{{ x }}", {"x": [1]}, native=native)

    with jinja_compiled_once(tmp_path):
        assert [answer(native=False), answer(native=True)] == ["[1]", [1]]


def test_nothing_is_written_if_nothing_was_compiled(tmp_path):
    with jinja_compiled_once(tmp_path):
        pass
    assert not list(tmp_path.iterdir())
