"""A gate after raw closes on a bad row, and opens once it is mended, by any way in."""

import shutil
from unittest.mock import ANY

import pytest
from typer.testing import CliRunner

from expectations.rules import filled, never
from orchestration.cli import app
from orchestration.gates import fingerprints, suites
from orchestration.gates.breaches import standing_breaches
from orchestration.gates.judging import judge
from orchestration.warehouse import connect
from tests.pipeline.gated_project import (
    GOOD,
    build,
    data,
    land,
    pass_gates,
    small_project,
    spoil,
)

__all__ = ["data", "small_project"]  # fixtures


class TestLayerGates:
    """What dbt may build, by the verdicts on the layer before."""

    @pytest.mark.parametrize(
        ("layer", "before", "folder", "table"),
        [
            ("feeds", ("raw",), "staging", "stg_shop__priced"),
            ("identity", ("raw", "feeds"), "core", "core__things"),
            ("marts", ("raw", "feeds", "identity"), "identity marts", "things"),
        ],
    )
    def test_closes_on_a_bad_row_and_opens_when_mended(
        self, data, layer, before, folder, table
    ):
        pass_gates(*before)
        selection = [f"path:models/{name}" for name in folder.split()]
        spoil(layer)
        assert build("--select", *selection)[0]
        verdict = judge(layer, run_id="bad")
        assert [t.name for t in verdict.closing] == [table]
        (failure,) = verdict.closing[0].failures
        assert (failure.column_name, failure.rows_failed) == ("thing_id", 2)
        assert '"t1"' in failure.examples
        page = verdict.report.read_text(encoding="utf-8")
        assert f"/{table}.sql</code>; its rules stand in <code>models/" in page
        assert ("raw_shop.things" in page) == (layer == "feeds")
        with connect(read_only=True) as connection:
            (breach,) = standing_breaches(connection)
        assert breach.sentence.startswith(f"{verdict.closing[0].schema}.{table}: ")
        assert "thing_id is unique: 2 of " in breach.sentence
        said = " ".join(CliRunner().invoke(app, ["status"]).output.split())
        assert breach.sentence in said
        assert f"Gate {layer} is closed." in said
        assert not judge(layer, run_id="again").passed

        spoil(None)
        assert build("--select", *selection)[0]
        assert judge(layer, run_id="good").passed

    def test_closes_on_a_seed_that_says_what_it_may_not(self, data):
        pass_gates("raw")
        assert build("--select", "staging")[0]
        with connect() as connection:
            connection.execute("insert into seeds.shelves values ('middle')")
        (table,) = judge("feeds", run_id="bad").closing
        assert table.name == "shelves"
        (failure,) = table.failures
        assert (failure.column_name, failure.rows_failed) == ("shelf", 1)
        assert '"middle"' in failure.examples

    def test_a_layer_alone_is_refused_until_the_gate_before_it_passed(self, data):
        pass_gates("raw")
        assert build("--select", "staging")[0]
        success, message = build("--select", "core")
        assert not success
        assert "gate feeds has not passed for seeds.shelves, staging.stg_sh" in message
        assert judge("feeds", run_id="a").passed
        assert build("--select", "core")[0]

    def test_a_bare_build_is_stopped_where_a_layer_was_rebuilt(self, data):
        pass_gates("raw", "feeds", "identity", "marts")
        with connect() as connection:
            connection.execute("create table kept as from marts.things")
        success, message = build()
        assert not success
        assert "gate feeds has not passed" in message
        with connect() as connection:
            differing = connection.execute("from marts.things except from kept")
            assert differing.fetchall() == []

    def test_the_target_dev_is_let_through(self, data, monkeypatch):
        land("bad", [*GOOD, (None, "1")])
        data.dev_warehouse.parent.mkdir()
        shutil.copy(data.warehouse, data.dev_warehouse)
        monkeypatch.setenv("C360_TARGET", "dev")
        assert build() == (True, "")

    def test_a_table_that_did_not_change_carries_its_verdict(self, data):
        pass_gates("raw", "feeds")
        verdict = judge("feeds", run_id="b")
        assert verdict.passed
        assert not any(table.is_judged_now for table in verdict.tables)

        def judged_once_built() -> set[str]:
            assert build("--select", "stg_shop__things")[0]
            tables = judge("feeds", run_id="c").tables
            return {table.name for table in tables if table.is_judged_now}

        assert judged_once_built() == set()
        land("another", [("t4", "4")])
        judge("raw", run_id="c")
        assert judged_once_built() == {"stg_shop__things", "stg_shop__priced"}

    def test_an_edited_expectation_judges_its_table_again_and_no_other(
        self, data, monkeypatch
    ):
        """The same version, closed by a new rule and opened again by taking it away."""
        pass_gates("raw", "feeds")

        def judge_with(run_id: str, entry: str, rule: str | None):
            expected = {entry: [filled("thing_id", "Why."), *([rule] if rule else [])]}
            monkeypatch.setattr(suites, "_suites", lambda module: expected)
            written = {name: str(suite) for name, suite in expected.items()}
            monkeypatch.setattr(fingerprints, "_parsed", lambda module: (written, ""))
            verdict = judge("feeds", run_id=run_id)
            return verdict, {t.name for t in verdict.tables if t.is_judged_now}

        every = {"shelves", "stg_shop__things", "stg_shop__priced"}
        assert judge_with("a", "priced", None) == (ANY, every), "all code changed once"
        cheap = never("amount > 10", "Why.")
        closed, judged = judge_with("b", "priced", cheap)
        assert judged == {"stg_shop__priced"}
        assert [t.name for t in closed.closing] == ["stg_shop__priced"]
        assert not build("--select", "core")[0]
        assert judge_with("c", "priced", cheap) == (ANY, set())
        opened, judged = judge_with("d", "priced", None)
        assert (opened.passed, judged) == (True, {"stg_shop__priced"})
        asked = {t.name: len(t.findings) for t in opened.tables}
        assert asked == dict.fromkeys(every, 2) | {"shelves": 3}
        assert build("--select", "core")[0]

    def test_a_table_that_was_never_built_does_not_pass(self, data):
        land("good", GOOD)
        judge("raw", run_id="a")
        build("--select", "stg_shop__things", "shelves")
        verdict = judge("feeds", run_id="a")
        assert [t.name for t in verdict.closing] == ["stg_shop__priced"]
        assert verdict.closing[0].problem == "it is not built yet"

    def test_a_rule_that_breaks_closes_the_gate(self, data):
        pass_gates("raw", "feeds")
        with connect() as connection:
            connection.execute(
                "create or replace view staging.stg_shop__priced as select 1 as one"
            )
            connection.execute(
                "update ops.table_builds set version = 99 "
                "where table_name = 'stg_shop__priced'"
            )
        verdict = judge("feeds", run_id="a")
        failure = verdict.closing[0].failures[0]
        assert failure.reason.startswith("It could not be evaluated: ")
        assert "thing_id" in failure.reason


def test_the_report_stands_alone_and_tells_what_failed_and_why(data):
    land("bad", [*GOOD, (None, "1")])
    verdict = judge("raw", run_id="a")
    page = verdict.report.read_text(encoding="utf-8")
    assert 'is <span class="state">closed</span>' in page
    assert "A row without its key is nobody" in page
    assert "c360 batch accept bad" in page
    assert "<td>5</td>" in page, "the line of the bad row"
    for outside in ("http:", "https:", "<script", "<link", "url("):
        assert outside not in page
    assert (data.reports / "latest.html").read_text(encoding="utf-8") == page
