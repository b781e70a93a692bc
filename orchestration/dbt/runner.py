"""dbt in this process: one call, no second interpreter, no open connection afterwards.

Starting dbt as a program costs seconds of CPU each time; inside the process a layer
costs what its SQL costs.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from orchestration import project
from orchestration.spark.readiness import require_spark
from orchestration.warehouse import PROJECT_ROOT, DataDir

if TYPE_CHECKING:
    from dbt.cli.main import dbtRunnerResult
    from dbt.contracts.graph.manifest import Manifest as DbtManifest

    from orchestration.dbt.cutoff import IsCurrent

logger = logging.getLogger("c360.dbt")


@dataclass
class DbtResult:
    """What one dbt invocation did."""

    success: bool
    message: str
    events: list[dict[str, Any]] = field(default_factory=list)


_parsed: dict[Path, tuple[int, DbtManifest]] = {}


def invoke(
    args: Sequence[str],
    on_node: Callable[[dict[str, Any]], None] | None = None,
    is_current: IsCurrent | None = None,
) -> DbtResult:
    """Run dbt with `args` on the project and target of the environment.

    Args:
        args: command and options, without project, profile and target.
        on_node: called with each structured event of a finished node, as it happens.
        is_current: asked of each node at its turn, whether it stands as it is.

    Returns:
        Whether all went well, dbt's own words if not, and the events of its nodes.

    Raises:
        SparkMissingError: Spark is to build the models and cannot be run here.
    """
    from dbt.cli.main import dbtRunner
    from google.protobuf.json_format import MessageToDict

    from orchestration.dbt.economy import lean_dbt

    events: list[dict[str, Any]] = []
    errors: list[str] = []

    def listen(event: Any) -> None:
        if event.info.level == "error" and event.info.msg.strip():
            errors.append(event.info.msg.strip())
        if event.info.name in {"LogModelResult", "LogSeedResult", "LogTestResult"}:
            message = MessageToDict(event, preserving_proto_field_name=True)
            events.append(message)
            if on_node:
                on_node(message)

    command, *options = args
    data = DataDir.from_env()
    logs = data.root / "logs"
    if command == "parse":
        logs = project.target_path()  # of a data directory that may not be there yet
    else:
        data.dev_warehouse.parent.mkdir(parents=True, exist_ok=True)
    os.environ["C360_DATA_DIR"] = str(data.root)  # profiles.yml reads it
    where = [
        *("--project-dir", str(project.project_dir())),
        *("--profiles-dir", str(PROJECT_ROOT)),
        *("--target", project.target()),
        *("--target-path", str(project.target_path())),
        *("--log-path", str(logs)),
        "--quiet",
        "--no-use-colors",
        "--no-send-anonymous-usage-stats",
        # dbt would format thousands of events for a console that shows none of them.
        *("--log-level", "none"),
        *("--log-level-file", "info"),
        # Only `parse` writes the manifest: what is parsed is known by its time.
        "--write-json" if command == "parse" else "--no-write-json",
    ]
    if project.on_spark():
        require_spark()
        if command != "parse":
            from orchestration.spark.session import open_session

            open_session(data)
    runner = dbtRunner(manifest=_parsed_manifest(command), callbacks=[listen])
    try:
        with ExitStack() as patches:
            patches.enter_context(lean_dbt(project.target_path()))
            if is_current:
                from orchestration.dbt.cutoff import passing_over

                patches.enter_context(passing_over(is_current))
            outcome = runner.invoke([*command.split(), *where, *options])
    finally:
        _close_connections()
    pass_on_interrupt(outcome)
    if command == "parse" and outcome.success:
        path = project.target_path() / "manifest.json"
        _parsed[path] = (path.stat().st_mtime_ns, cast("DbtManifest", outcome.result))
    said = str(outcome.exception or "")
    if said and not any(said in error for error in errors):
        errors.append(said)
    return DbtResult(bool(outcome.success), "\n".join(dict.fromkeys(errors)), events)


def pass_on_interrupt(outcome: dbtRunnerResult) -> None:
    """Raise what ended dbt from outside, which it takes for an error of its own."""
    if outcome.exception and not isinstance(outcome.exception, Exception):
        raise outcome.exception


def _parsed_manifest(command: str) -> DbtManifest | None:
    """Return the parsed project for a command to use; read once per process."""
    if command == "parse":
        return None
    path = project.parse()
    known = _parsed.get(path)
    if known is None or known[0] != path.stat().st_mtime_ns:
        if (saved := _saved_manifest(path.parent)) is None:
            invoke(["parse"])
        else:
            _parsed[path] = (path.stat().st_mtime_ns, saved)
    return _parsed[path][1] if path in _parsed else None


def _saved_manifest(folder: Path) -> DbtManifest | None:
    """Read what dbt keeps of its last parse; None if that cannot be read.

    dbt itself would compare every file anew, and parse them all for another data
    directory; `project.parse` has already told that no file changed.
    """
    from dbt.contracts.graph.manifest import Manifest
    from dbt.parser.manifest import extended_mashumuro_decoder

    try:
        packed = (folder / "partial_parse.msgpack").read_bytes()
        saved = Manifest.from_msgpack(packed, decoder=extended_mashumuro_decoder)
    except (OSError, ValueError, TypeError, LookupError):
        return None
    saved.build_flat_graph()
    return saved


def _close_connections() -> None:
    """Let go of the warehouse file, which dbt-duckdb keeps open for the next call."""
    from dbt.adapters.duckdb.connections import DuckDBConnectionManager

    DuckDBConnectionManager.close_all_connections()
