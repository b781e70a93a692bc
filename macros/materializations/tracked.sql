{#-
    Materialization: a table, replaced in one transaction, that writes down which of its
    rows changed, so that tables built by slices learn which slices a change reaches.
    For small tables that are looked up in; the price is a comparison with the table
    before.
-#}
{% materialization tracked, adapter='duckdb' -%}
    {{ return(customer360.replace_relation('table', is_tracked=true)) }}
{%- endmaterialization %}

{#- Without a catalog that can merge, all of it is built anew. -#}
{% materialization tracked, adapter='spark' -%}
    {{ return(customer360.replace_relation('table')) }}
{%- endmaterialization %}
