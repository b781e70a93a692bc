"""The gates as blocking checks of a run."""

import dagster as dg
import duckdb

from orchestration import project
from orchestration.gates.judging import gate_checks, judge
from orchestration.transform import layer_assets
from orchestration.warehouse import connect
from tests.pipeline.gated_project import (
    GOOD,
    data,
    land,
    small_project,
)

__all__ = ["data", "small_project"]  # fixtures


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
