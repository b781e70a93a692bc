"""How dbt is run, and what is built again."""
