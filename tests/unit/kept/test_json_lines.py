"""A journal of JSON lines keeps what it was given, and names a line it cannot read."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestration.kept.json_lines import JsonLines
from orchestration.kept.state import StateUnreadableError


@given(texts=st.lists(st.text(), max_size=5))
def test_any_text_comes_back_as_it_was_written(
    tmp_path_factory: pytest.TempPathFactory, texts: list[str]
) -> None:
    journal = JsonLines(tmp_path_factory.mktemp("journal") / "words.jsonl")
    with journal.locked():
        journal.append({"word": text} for text in texts)
    assert journal.read(lambda line: line["word"], "no word.") == texts


def test_a_text_with_a_line_separator_is_one_line(tmp_path: Path) -> None:
    journal = JsonLines(tmp_path / "words.jsonl")
    with journal.locked():
        journal.append([{"word": "one\u2028two\x85three"}])
        journal.append([{"word": "four"}])
    assert len(journal.read(dict, "no word.")) == 2


def test_rewriting_replaces_all_lines_and_leaves_no_draft(tmp_path: Path) -> None:
    journal = JsonLines(tmp_path / "words.jsonl")
    with journal.locked():
        journal.append({"word": word} for word in "abc")
        journal.rewrite([{"word": "d"}])
    assert journal.read(dict, "no word.") == [{"word": "d"}]
    assert not list(tmp_path.glob("*.tmp"))


@pytest.mark.parametrize("line", ["{", "[]", '{"other": 1}', "7"])
def test_a_line_that_says_nothing_is_named(tmp_path: Path, line: str) -> None:
    journal = JsonLines(tmp_path / "words.jsonl")
    journal.path.write_text('{"word": "a"}\n\n' + line + "\n", encoding="utf-8")
    with pytest.raises(StateUnreadableError, match=r"Line 3 of .* is no word\."):
        journal.read(lambda entry: entry["word"], "no word.")
