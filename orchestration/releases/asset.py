"""The published release as an asset: what everything else exists to bring about."""

from importlib.util import find_spec
from pathlib import Path

import dagster as dg
import duckdb

from orchestration.operation.retries import another_try_if_locked
from orchestration.project import Manifest, asset_key
from orchestration.releases.directory import WHOLE
from orchestration.releases.publish import publish, published_models
from orchestration.warehouse import DataDir


def release_asset(manifest: Manifest) -> dg.AssetsDefinition:
    """Return the asset that publishes all marts, once their gate has passed."""
    marts = [asset_key(node) for node in published_models(manifest)]

    @dg.asset(
        key=["published", "release"],
        deps=marts,
        group_name="release",
        kinds={"duckdb"},
        owners=["data-engineering@example.com"],
        pool="duckdb_writer",
        description=(
            "The release that readers see: one DuckDB file with all marts, behind the "
            "symlink published/current, which moves in one step when all is verified."
        ),
    )
    def release(context: dg.AssetExecutionContext) -> dg.MaterializeResult:
        with another_try_if_locked():
            result = publish(
                context.run_id, DataDir.from_env(), complete=add_search_index
            )
        return dg.MaterializeResult(
            metadata={
                "path": dg.MetadataValue.path(str(result.path)),
                "rows": result.row_counts,
            }
        )

    return release


def add_search_index(release: Path, last: Path | None) -> None:
    """Make the index of names and numbers, so that nobody's first search waits for it.

    Without the packages of the extra `app` there is none, and nobody to search.

    Args:
        release: the directory of the release.
        last: that of the release before, if this one is made of it.
    """
    if find_spec("tantivy") is None:
        return
    from app.search_index import build_index
    from app.search_renewal import renew_index

    with duckdb.connect(str(release / WHOLE), read_only=True) as connection:
        if last:
            renew_index(connection, release, last)
        else:
            build_index(connection, release)
