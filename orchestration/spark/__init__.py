"""Spark in place of DuckDB, for more people than one machine holds.

Belongs here: the session that dbt's models run in, the lake that they read and write,
and bringing back what programs read from DuckDB. Does not belong here: how SQL differs,
which is in macros/cross_db. pyspark is an extra (`customer360[spark]`), so that no
other package imports this one at its top.
"""
