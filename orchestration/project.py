"""The dbt project as Python sees it: where it is, its manifest, its layers.

Belongs here: finding and parsing the project, and telling which layer a node is in.
Does not belong here: running models (transform.py) and judging data (gates/).
"""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterator, Mapping
from functools import cache
from graphlib import TopologicalSorter
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path
from typing import Any

import dagster as dg
import yaml
from dagster_dbt import DagsterDbtTranslator, DagsterDbtTranslatorSettings

from orchestration.warehouse import PROJECT_ROOT

Manifest = Mapping[str, Any]

# What one dbt invocation builds: a gate can stand between two of these.
LAYERS: dict[str, str] = {
    "seeds": "Lookups and decisions kept in git.",
    "staging": "What each system says, and its share of the common feeds.",
    "identity": "The feeds of all systems united, and who is who.",
    "features": "The committed assignment of records to customers, and what follows.",
    "marts": "What people query.",
}

# What dbt is asked to build for a whole layer: matched much faster than many names.
LAYER_SELECTION: dict[str, str] = {
    "seeds": "resource_type:seed",
    "staging": "fqn:staging,resource_type:model",
    "identity": "fqn:core,resource_type:model fqn:identity,resource_type:model",
    "features": (
        "fqn:identity.committed,resource_type:model fqn:features,resource_type:model"
    ),
    "marts": "fqn:marts,resource_type:model",
}

# What that would match but another layer builds.
LAYER_EXCLUSION: dict[str, str] = {"identity": "fqn:identity.committed"}

# The gate that judges what a layer built, before the next layer may read it.
GATES: dict[str, str] = {
    "raw": "Batches as they were loaded.",
    "feeds": "Seeds, staging models and feeds.",
    "identity": "Core and identity, before assignments are committed.",
    "marts": "Marts, before a release is published.",
}

# Sources that hold what the pipeline writes of itself, declared for lineage.
LEDGERS = ("ops", "quarantine")

# The source that holds what models in Python learnt from the features.
SCORES = "scores"

_PROJECT_FOLDERS = ("models", "macros", "seeds", "tests/dbt", "dbt_packages")
_PROJECT_FILES = ("dbt_project.yml", "packages.yml")


class ProjectError(RuntimeError):
    """The dbt project cannot be parsed; the message is dbt's own."""


def project_dir() -> Path:
    """Return the folder of the dbt project that is run (`C360_PROJECT_DIR`)."""
    return Path(os.environ.get("C360_PROJECT_DIR", PROJECT_ROOT)).resolve()


def target() -> str:
    """Return the dbt target that the pipeline runs on (`C360_TARGET`).

    Raises:
        ProjectError: profiles.yml has no such target.
    """
    name = os.environ.get("C360_TARGET", "prod")
    if name not in _targets():
        raise ProjectError(
            f"C360_TARGET is {name!r}, and profiles.yml has {', '.join(_targets())}."
        )
    return name


@cache
def _targets() -> list[str]:
    profiles = yaml.safe_load((PROJECT_ROOT / "profiles.yml").read_text("utf-8"))
    return sorted(profiles["customer360"]["outputs"])


def on_spark() -> bool:
    """Tell whether Spark builds the models, and not the warehouse itself."""
    return target() == "spark"


def target_path() -> Path:
    """Return where dbt keeps what it compiled; one folder per target."""
    return project_dir() / "target" / target()


def node_layer(node: Mapping[str, Any]) -> str | None:
    """Return the layer that builds a node of the manifest, or None for a source."""
    if node["resource_type"] == "seed":
        return "seeds"
    if node["resource_type"] != "model":
        return None
    folder = node["fqn"][1]
    if folder == "identity" and "committed" in node["fqn"]:
        return "features"
    return {"core": "identity"}.get(folder, folder)


def node_gate(node: Mapping[str, Any]) -> str | None:
    """Return the gate that judges a node of the manifest."""
    if node["resource_type"] == "source":
        return "raw"
    return {
        "seeds": "feeds",
        "staging": "feeds",
        "identity": "identity",
        "features": "marts",
        "marts": "marts",
    }.get(node_layer(node) or "")


def layer_nodes(manifest: Manifest, layer: str) -> dict[str, Mapping[str, Any]]:
    """Return the enabled models and seeds of a layer, each after what it reads."""
    nodes = {
        unique_id: node
        for unique_id, node in manifest["nodes"].items()
        if node_layer(node) == layer
    }
    reads = {
        unique_id: [p for p in node["depends_on"].get("nodes", ()) if p in nodes]
        for unique_id, node in nodes.items()
    }
    return {
        unique_id: nodes[unique_id]
        for unique_id in TopologicalSorter(reads).static_order()
    }


class Translator(DagsterDbtTranslator):
    """Dagster names: dbt's own keys, grouped by layer."""

    def get_group_name(self, dbt_resource_props: Mapping[str, Any]) -> str | None:
        """Group by the folder that holds the model; a ledger of ours is `ops`."""
        if dbt_resource_props["resource_type"] == "model":
            return dbt_resource_props["fqn"][1]
        if dbt_resource_props.get("source_name") in LEDGERS:
            return "ops"
        return {"source": "raw", "seed": "seeds"}.get(
            dbt_resource_props["resource_type"]
        )


# A dbt test that fails fails the step of its layer. As checks of their own, hundreds of
# tests would cost a run more in Dagster's event log than in the warehouse.
TRANSLATOR = Translator(DagsterDbtTranslatorSettings(enable_asset_checks=False))


def asset_key(node: Mapping[str, Any]) -> dg.AssetKey:
    """Return the Dagster key of a node of the manifest."""
    return TRANSLATOR.get_asset_key(node)


def _project_files(root: Path) -> Iterator[Path]:
    for name in _PROJECT_FILES:
        if (root / name).is_file():
            yield root / name
    for folder in _PROJECT_FOLDERS:
        for path in (root / folder).rglob("*"):
            if path.suffix in {".sql", ".yml", ".yaml", ".csv", ".md"}:
                yield path


def _install_packages(root: Path) -> None:
    """Install what packages.yml lists, if something of it is not there."""
    installed = [path.exists() for path in (root / "dbt_packages").glob("*")]
    if not (root / "packages.yml").is_file() or (installed and all(installed)):
        return
    from dbt.cli.main import dbtRunner

    if not dbtRunner().invoke(["deps", "--project-dir", str(root), "--quiet"]).success:
        raise ProjectError(
            f"The packages of {root}/packages.yml cannot be installed. "
            f"See what `dbt deps --project-dir {root}` says."
        )


def project_state() -> str:
    """Return a digest of dbt's version and the project's files: names, sizes, times.

    Any change makes another, be the times of a file older than what was there.
    """
    digest = sha256(f"dbt-core {version('dbt-core')}\n".encode())
    for path in sorted(
        path for root in {project_dir(), PROJECT_ROOT} for path in _project_files(root)
    ):
        stat = path.stat()
        digest.update(f"{path}|{stat.st_size}|{stat.st_mtime_ns}\n".encode())
    return digest.hexdigest()


def parse() -> Path:
    """Parse the project if a file changed since the last time; return the manifest.

    Of processes that ask at the same time one parses, and the others wait for it.

    Raises:
        ProjectError: dbt cannot parse the project.
    """
    manifest_path = target_path() / "manifest.json"
    if _is_parsed():
        return manifest_path
    target_path().mkdir(parents=True, exist_ok=True)
    with (target_path() / "parse.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not _is_parsed():
            _parse()
    return manifest_path


def _is_parsed() -> bool:
    """Tell whether the manifest is there, and of the project's files as they are."""
    target = target_path()
    return (
        (target / "manifest.json").exists()
        and (target / "parsed.sha256").exists()
        and (target / "parsed.sha256").read_text(encoding="utf-8") == project_state()
    )


def _parse() -> None:
    state = project_state()
    _install_packages(project_dir())
    from orchestration.dbt.runner import invoke

    result = invoke(["parse"])
    if not result.success:
        raise ProjectError(f"The dbt project does not parse.\n{result.message}")
    (target_path() / "parsed.sha256").write_text(state, encoding="utf-8")


@cache
def _load(path: Path, modified_ns: int) -> Manifest:
    return json.loads(path.read_text(encoding="utf-8"))


def manifest() -> Manifest:
    """Return the manifest of the project, parsed anew if a file changed.

    Raises:
        ProjectError: dbt cannot parse the project.
    """
    path = parse()
    return _load(path, path.stat().st_mtime_ns)
