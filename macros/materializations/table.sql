{#-
    Materialization: a table, replaced in one transaction. DuckDB can undo `drop table`
    and `create table`, so dbt's detour over a second name, two renames and a backup buys
    nothing here.
-#}
{% materialization table, adapter='duckdb', supported_languages=['sql', 'python'] -%}
    {{ return(customer360.replace_relation('table')) }}
{%- endmaterialization %}
