"""What dbt's connections have here that DuckDB's have not: functions, plain errors.

dbt-duckdb loads this module by its name in profiles.yml, so that both are there in a
bare `dbt build` as well as in the pipeline.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb
from dbt.adapters.duckdb.credentials import DuckDBCredentials
from dbt.adapters.duckdb.plugins import BasePlugin
from dbt_common.exceptions import DbtRuntimeError

from orchestration.dbt.functions import register_functions
from orchestration.warehouse import (
    WarehouseDamagedError,
    WarehouseLockedError,
    open_file,
)


class Plugin(BasePlugin):
    """See to the connections that dbt opens."""

    def update_connection_config(
        self, creds: DuckDBCredentials, config: dict[str, Any]
    ) -> None:
        """Say in a sentence why the warehouse cannot be opened; set nothing.

        Raises:
            DbtRuntimeError: it is not there, locked or damaged; of DuckDB's own errors
                dbt shows the traceback.
        """
        path = Path(creds.path)
        if not path.parent.is_dir():
            raise DbtRuntimeError(
                f"There is no warehouse at {path}. Set C360_DATA_DIR to the data "
                "directory, or make one with: c360 run. For target dev copy it with: "
                "c360 dev"
            )
        try:
            open_file(path, config=config).close()
        except (WarehouseLockedError, WarehouseDamagedError) as error:
            raise DbtRuntimeError(str(error)) from error

    def configure_connection(self, conn: duckdb.DuckDBPyConnection) -> None:
        """Create the functions on `conn`."""
        register_functions(conn)

    def initialize(self, plugin_config: dict[str, Any]) -> None:
        """Take no settings."""
