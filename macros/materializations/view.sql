{#- Materialization: a view, replaced in one transaction; `table` says why. -#}
{% materialization view, adapter='duckdb' -%}
    {{ return(customer360.replace_relation('view')) }}
{%- endmaterialization %}
