"""How dbt is run: its process, its plugin, and what has to be built again."""
