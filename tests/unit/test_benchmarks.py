"""The contests of the benchmarks: that they run, agree, and are told as they were."""

from __future__ import annotations

import json

import pytest

from benchmarks import sections
from benchmarks.contest import OURS, Contest, Way, contests, measure
from benchmarks.page import write_page
from benchmarks.run import FOLDER, write

SIZE = 2_400


@pytest.mark.parametrize(
    "name",
    [
        "stitching",
        "marts",
        "publishing",
        pytest.param("loading_csv", marks=pytest.mark.slow),
        pytest.param("gates", marks=pytest.mark.slow),
    ],
)
def test_every_way_of_a_contest_gives_the_same_answer(name):
    contest = contests()[name]
    found = measure(name, contest, SIZE, turns=1)
    assert {way.way for way in found} >= {OURS}
    assert len(found) > 1
    assert len({way.answer for way in found}) == 1


def test_a_contest_whose_answers_differ_tells_so_instead_of_times(monkeypatch):
    answers = iter("ab")
    monkeypatch.setattr(
        "benchmarks.contest._in_process",
        lambda *_: {
            "cpu_seconds": 1.0,
            "wall_seconds": 1.0,
            "peak_mb": 1,
            "answer": next(answers),
        },
    )
    with pytest.raises(RuntimeError, match="the answers differ"):
        measure("two", _contest(), 10, turns=1)


def test_the_page_tells_ratios_of_turns_and_the_exponent(tmp_path):
    rows = [
        {
            "contest": "two",
            "size": size,
            "way": way,
            "cpu_seconds": [factor * size / 10, factor * size / 5],
            "wall_seconds": [1, 1],
            "peak_mb": [5, 7],
            "answer": "",
            "measured_on": "2026-01-01",
            "cores": 2,
            "python": "3",
            "duckdb": "1",
        }
        for size in (10, 100)
        for way, factor in ((OURS, 1), ("another", 3))
    ]
    write_page({"two": _contest()}, rows, tmp_path)
    page = (tmp_path / "index.md").read_text()
    assert "| customer360 | 1.50 s, 7 MB | 15.00 s, 7 MB | 1.00 |" in page
    assert "| another | 3.00 times (3.00 to 3.00), 7 MB |" in page
    assert "another</text>" in (tmp_path / "two.svg").read_text()


def test_the_page_tells_the_figures_that_are_kept(tmp_path):
    write(tmp_path)
    for told in (FOLDER / "index.md", *FOLDER.glob("*.svg")):
        assert told.read_text() == (tmp_path / told.name).read_text(), told.name


def test_the_best_of_a_table_is_bold_and_what_was_not_run_is_left_out(
    tmp_path, monkeypatch
):
    def run(f1: float) -> dict[str, object]:
        return {"shares": {"f1": f1}, "cpu_seconds": 12.4, "peak_mb": 1200}

    kept = tmp_path / "compare.json"
    found = {"customer360": run(0.75), "splink": run(0.5), "goldenmatch": None}
    kept.write_text(json.dumps({"febrl1": found}))
    monkeypatch.setattr(sections, "COMPARED", kept)
    section = sections.identity()
    assert (
        "| febrl1 | **0.750**, 12 s, 1,200 MB | 0.500, 12 s, 1,200 MB |  |" in section
    )


def _contest() -> Contest:
    way = Way(lambda inputs, scratch: lambda: "")
    return Contest("Do it", "rows", lambda *_: None, {OURS: way, "another": way}, "")
