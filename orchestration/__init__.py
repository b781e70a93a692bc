"""Customer 360: the Dagster code location and the `c360` command."""
