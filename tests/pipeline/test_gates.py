"""Every gate closes on a bad row, whichever way in, and opens once that is mended.

The dbt project here is a small one of its own, with the real macros and hooks.
"""

import shutil
from datetime import date, timedelta
from pathlib import Path
from unittest.mock import ANY

import dagster as dg
import duckdb
import pytest

from expectations.rules import filled, never
from orchestration import project
from orchestration.dbt.runner import invoke
from orchestration.gates import fingerprints, suites
from orchestration.gates.judging import gate_checks, judge
from orchestration.ingestion.batches import (
    BatchError,
    accept_batch,
    list_batches,
    reject_batch,
)
from orchestration.transform import layer_assets
from orchestration.warehouse import PROJECT_ROOT, DataDir, connect

SPOILED = """
union all
(
    select * from {{ ref('%s') }}
    where exists (select 1 from main.spoiled where layer = '%s')
    limit 1
)
"""

FILES = {
    "dbt_project.yml": """
name: customer360
profile: customer360
vars: {}
on-run-start: ["{{ ensure_ops() }}"]
seed-paths: [models]
seeds:
  customer360: {+schema: seeds, +post-hook: "{{ record_build() }}"}
models:
  +post-hook: "{{ record_build() }}"
  customer360:
    staging:
      +schema: staging
      +materialized: table
      +pre-hook: "{{ require_gate('raw') }}"
    core:
      +schema: core
      +materialized: view
      +pre-hook: "{{ require_gate('feeds') }}"
    identity:
      +schema: identity
      committed:
        +materialized: table
        +pre-hook: "{{ require_gate('identity') }}"
    marts:
      +schema: marts
      +materialized: table
      +pre-hook: "{{ require_gate('identity') }}"
""",
    "models/staging/shop/_shop.yml": """
sources:
  - name: shop
    schema: raw_shop
    tables:
      - name: things
        config:
          meta:
            required: true
            ingest: {kind: file, format: csv, mode: snapshot, key: [thing_id]}
        columns:
          - name: thing_id
          - {name: amount, data_type: "decimal(18,2)"}
  - name: leaflets
    schema: raw_leaflets
    tables:
      - name: pages
        config:
          meta:
            ingest: {kind: file, format: csv, mode: append, key: [page_id]}
        columns: [{name: page_id}]
seeds:
  - name: shelves
    columns:
      - name: shelf
        data_tests:
          - unique
          - accepted_values: {arguments: {values: [high, low]}}
models:
  - name: stg_shop__things
    columns: [{name: thing_id, constraints: [{type: primary_key}]}]
  - name: stg_shop__priced
    columns: [{name: thing_id, constraints: [{type: primary_key}]}]
""",
    "models/staging/shop/shelves.csv": "shelf\nhigh\nlow\n",
    "models/staging/shop/stg_shop__things.sql": """
select raw.thing_id, try_cast(raw.amount as decimal(18, 2)) as amount
from {{ source('shop', 'things') }} as raw
inner join ops.batches on raw._batch_id = batches.batch_id
where batches.status = 'accepted'
""",
    "models/staging/shop/stg_shop__priced.sql": """
{{ config(materialized='view') }}
select * from {{ ref('stg_shop__things') }} where amount > 0
"""
    + SPOILED % ("stg_shop__things", "feeds"),
    "models/core/core__things.sql": "select * from {{ ref('stg_shop__priced') }}"
    + SPOILED % ("stg_shop__priced", "identity"),
    "models/core/_core.yml": """
models:
  - name: core__things
    columns: [{name: thing_id, constraints: [{type: primary_key}]}]
""",
    "models/identity/committed/identity_map.sql": """
select thing_id as record_key from {{ ref('core__things') }}
union all
select thing_id as record_key from {{ ref('core__things') }}
where exists (select 1 from main.spoiled where layer = 'features')
""",
    "models/identity/committed/_committed.yml": """
models:
  - name: identity_map
    columns: [{name: record_key, constraints: [{type: primary_key}]}]
""",
    "models/marts/commerce/things.sql": "select * from {{ ref('core__things') }}"
    + SPOILED % ("core__things", "marts"),
    "models/marts/commerce/_commerce.yml": """
models:
  - name: things
    columns: [{name: thing_id, constraints: [{type: primary_key}]}]
""",
}


@pytest.fixture(scope="module")
def small_project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write the small project, which is parsed once."""
    root = tmp_path_factory.mktemp("project")
    for name, text in FILES.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    for folder in ("gates", "slices"):
        shutil.copytree(PROJECT_ROOT / "macros" / folder, root / "macros" / folder)
    for name in ("ensure_ops.sql", "generate_schema_name.sql"):
        shutil.copy(PROJECT_ROOT / "macros" / name, root / "macros")
    return root


@pytest.fixture
def data(
    small_project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> DataDir:
    """Make the small project and an empty data directory those of the environment."""
    monkeypatch.setenv("C360_PROJECT_DIR", str(small_project))
    monkeypatch.setenv("C360_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("C360_TARGET", "prod")
    with connect() as connection:
        connection.execute("create table spoiled (layer varchar)")
    return DataDir.from_env()


def land(
    batch_id: str,
    rows: list[tuple],
    source: str = "shop.things",
    dropped_on: date = date(2026, 1, 1),
) -> None:
    """Do what ingestion does: rows in raw, and a batch that is pending."""
    system, table = source.split(".")
    columns = {"things": "thing_id varchar, amount varchar", "pages": "page_id varchar"}
    with connect() as connection:
        connection.execute(f"create schema if not exists raw_{system}")
        connection.execute(
            f"create table if not exists raw_{source} ({columns[table]}, "
            "_file varchar, _line bigint, _loaded_at timestamp, _batch_id varchar)"
        )
        for line, row in enumerate(rows, start=2):
            values = [*row, f"{batch_id}.csv", line, batch_id]
            marks = ", ".join("?" * len(row))
            connection.execute(
                f"insert into raw_{source} values ({marks}, ?, ?, now()::timestamp, ?)",
                values,
            )
        connection.execute(
            "insert into ops.batches by name select ? as batch_id, "
            "? as source_system, ? as source_table, 'pending' as status, 1 as files, "
            "? as rows_read, rows_read as rows_loaded, 0 as rows_quarantined, "
            "now()::timestamp as loaded_at",
            [batch_id, system, table, len(rows)],
        )
        connection.execute(
            "insert into ops.ingested_files by name select ? as source_system, "
            "? as source_table, ? as path, 1 as file_version, '' as sha256, "
            "0 as bytes, ?::date as dropped_on, 0 as rows_read, "
            "? as rows_loaded, 0 as rows_quarantined, ? as batch_id, "
            "now()::timestamp as ingested_at",
            [system, table, f"{batch_id}.csv", dropped_on, len(rows), batch_id],
        )


def build(*args: str) -> tuple[bool, str]:
    result = invoke(["build", "--exclude-resource-type", "test", *args])
    return result.success, result.message


def spoil(layer: str | None) -> None:
    """Let the models of a layer double a row, or let them be."""
    with connect() as connection:
        connection.execute("delete from spoiled")
        connection.execute("insert into spoiled values (?)", [layer])


def status_of(batch_id: str) -> str:
    return next(b.status for b in list_batches(every=True) if b.batch_id == batch_id)


GOOD = [("t1", "1.50"), ("t2", "20"), ("t3", "3")]


def pass_gates(*layers: str) -> None:
    """Land good rows, then build and judge up to the last of `layers`."""
    folders = {"feeds": "staging", "identity": "core", "marts": "identity marts"}
    land("good", GOOD)
    for layer in layers:
        for folder in folders.get(layer, "").split():
            assert build("--select", f"path:models/{folder}") == (True, "")
        assert judge(layer, run_id="a").passed


class TestRawGate:
    """Batches wait; only required sources close the gate."""

    def test_a_good_batch_is_accepted(self, data):
        land("good", GOOD)
        assert judge("raw", run_id="a").passed
        assert status_of("good") == "accepted"

    @pytest.mark.parametrize(
        ("rows", "rule"),
        [
            ([*GOOD, (None, "1")], "thing_id: is never empty"),
            ([("t1", "1"), ("t1", "2")], "thing_id: are unique together"),
            ([("t1", "1"), ("t2", "one")], "amount: can be read as decimal"),
            ([], "the number of rows is 1 or more"),
        ],
    )
    def test_a_bad_batch_waits_and_says_why(self, data, rows, rule):
        land("bad", rows)
        assert not judge("raw", run_id="a").passed
        (batch,) = list_batches()
        assert batch.status == "waiting"
        assert rule in batch.reason

    def test_lost_rows_close_it(self, data):
        land("short", GOOD)
        with connect() as connection:
            connection.execute("delete from raw_shop.things where thing_id = 't3'")
        assert not judge("raw", run_id="a").passed

    def test_a_batch_ten_times_too_large_waits_and_says_what_is_usual(self, data):
        def drop(week: int, rows: int) -> str:
            day = date(2026, 1, 2) + timedelta(weeks=week)
            pages = [(f"{week}-{number}",) for number in range(rows)]
            land(f"week{week}", pages, "leaflets.pages", day)
            judge("raw", run_id="a")
            return status_of(f"week{week}")

        assert {drop(week, 30 + week % 3) for week in range(9)} == {"accepted"}
        assert drop(9, 310) == "waiting"
        (batch,) = list_batches()
        assert batch.reason == (
            "the number of rows is usual: the drop of Friday 2026-03-06 has 310 rows, "
            "where 21 to 41 are usual by 8 drops on Fridays from 2026-01-09 to "
            "2026-02-27"
        )
        assert drop(10, 31) == "accepted", "the next one is judged by the good ones"

    def test_a_source_that_is_not_required_waits_alone(self, data):
        land("good", GOOD)
        land("bad", [(None,)], "leaflets.pages")
        assert judge("raw", run_id="a").passed
        assert (status_of("good"), status_of("bad")) == ("accepted", "waiting")
        assert build("--select", "stg_shop__things")[0]

    def test_dbt_refuses_to_build_staging_until_somebody_decides(self, data):
        land("bad", [*GOOD, (None, "1")])
        judge("raw", run_id="a")
        success, message = build("--select", "staging")
        assert not success
        assert "gate raw has not passed for shop.things" in message
        assert "c360 gate raw" in message
        accept_batch("bad", by="dora", reason="known")
        assert build("--select", "staging")[0]
        assert judge("raw", run_id="b").passed

    def test_a_decision_is_final(self, data):
        land("bad", [(None, "1")])
        judge("raw", run_id="a")
        reject_batch("bad", by="dora", reason="sent again")
        with pytest.raises(BatchError, match="rejected already, by dora"):
            accept_batch("bad")
        with pytest.raises(BatchError, match="no batch nothing"):
            accept_batch("nothing")


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


class TestDagster:
    """The same, as blocking checks of a run."""

    def run(self, *layers: str, selection: dg.AssetSelection | None = None):
        manifest = project.manifest()
        assets = [layer_assets(manifest, layer) for layer in layers]
        raw = dg.AssetSpec(dg.AssetKey(["shop", "things"]))
        checks = [
            gate_checks(gate, manifest) for gate in ("feeds", "identity", "marts")
        ]
        job = dg.define_asset_job("job", selection=selection or dg.AssetSelection.all())
        definitions = dg.Definitions(
            assets=[raw, *assets],
            asset_checks=checks,
            jobs=[job],
            executor=dg.in_process_executor,
        )
        return definitions.resolve_job_def("job").execute_in_process(
            raise_on_error=False
        )

    LAYERS = ("seeds", "staging", "identity", "features", "marts")

    def test_a_whole_run_goes_through_and_stops_at_a_closed_gate(self, data):
        land("good", GOOD)
        judge("raw", run_id="a")
        first = self.run(*self.LAYERS)
        assert first.success
        checks = [
            e.asset_check_evaluation_data
            for e in first.all_events
            if e.event_type_value == "ASSET_CHECK_EVALUATION"
        ]
        gates = {
            (c.asset_key.path[-1], c.passed)
            for c in checks
            if c.check_name.startswith("gate_")
        }
        assert gates == {
            (name, True)
            for name in (
                "shelves",
                "stg_shop__things",
                "stg_shop__priced",
                "core__things",
                "identity_map",
                "things",
            )
        }

        land("doubled", [("t1", "9"), *[(f"n{i}", "1") for i in range(100)]])
        with connect() as connection:
            connection.execute("create table kept as from marts.things")
        judge("raw", run_id="b")
        second = self.run(*self.LAYERS)
        assert not second.success
        failed = {e.step_key for e in second.all_events if e.is_step_failure}
        assert failed == {"gate_feeds"}
        with duckdb.connect(str(data.warehouse)) as connection:
            changed = connection.execute("from marts.things except from kept")
            assert changed.fetchall() == []

    def test_what_scores_read_closes_the_gate_behind_them(self, data):
        land("good", GOOD)
        judge("raw", run_id="a")
        assert self.run(*self.LAYERS).success
        with connect() as connection:
            connection.execute("insert into main.spoiled values ('features')")
            connection.execute(
                "update ops.table_builds set fingerprint = null "
                "where table_name = 'identity_map'"
            )
        spoiled = self.run(*self.LAYERS)
        (failed,) = (e for e in spoiled.all_events if e.is_step_failure)
        assert failed.step_key == "gate_marts"
        assert failed.step_failure_data.error.cause.message.strip().endswith(
            "identity_map did not pass the marts gate."
        )

    def test_one_asset_alone_can_be_materialised_with_its_check(self, data):
        land("good", GOOD)
        judge("raw", run_id="a")
        one = dg.AssetSelection.assets(["staging", "stg_shop__things"])
        assert self.run(*self.LAYERS, selection=one).success


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
