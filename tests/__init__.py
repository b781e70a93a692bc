"""Tests: unit by module, dbt in SQL, pipeline end to end."""
