{#-
    Says between `as` and the bracket of a CTE that it is computed once. Where a
    recursive CTE reads it, DuckDB would compute it for every round otherwise.
-#}
{% macro kept() -%}
    {{ return(adapter.dispatch('kept', 'customer360')()) }}
{%- endmacro %}

{% macro default__kept() -%}
materialized
{%- endmacro %}

{% macro spark__kept() -%}
{%- endmacro %}
