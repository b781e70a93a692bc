"""Functions that SQL models call and DuckDB does not have, registered on every connection.

dbt-duckdb loads this module by its name in profiles.yml, so that the functions are there
in a bare `dbt build` as well as in the pipeline.
"""

from __future__ import annotations

from typing import Any

from dbt.adapters.duckdb.plugins import BasePlugin
from duckdb import DuckDBPyConnection


class Plugin(BasePlugin):
    """Register the functions of this project on a connection that dbt opens."""

    def configure_connection(self, conn: DuckDBPyConnection) -> None:
        """Create the functions on `conn`."""

    def initialize(self, plugin_config: dict[str, Any]) -> None:
        """Take no settings."""
