"""Functions that SQL calls and DuckDB does not have, on every connection of dbt.

dbt-duckdb loads this module by its name in profiles.yml, so that the functions are
there in a bare `dbt build` as well as in the pipeline.
"""

from __future__ import annotations

from typing import Any

import duckdb
from dbt.adapters.duckdb.plugins import BasePlugin

from orchestration.functions import register_functions


class Plugin(BasePlugin):
    """Register the functions of this project on a connection that dbt opens."""

    def configure_connection(self, conn: duckdb.DuckDBPyConnection) -> None:
        """Create the functions on `conn`."""
        register_functions(conn)

    def initialize(self, plugin_config: dict[str, Any]) -> None:
        """Take no settings."""
