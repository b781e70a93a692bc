{#-
    Materialization: a table that is kept, on Spark. Files of Parquet cannot be changed, so
    what the table shall hold is written beside it and then put in its place.
-#}
{% materialization incremental, adapter='spark' -%}
    {%- set existing = load_cached_relation(this) -%}
    {%- if not existing or should_full_refresh() -%}
        {{ return(customer360.replace_relation('table')) }}
    {%- endif -%}

    {{ run_hooks(pre_hooks) }}
    {%- set changes = customer360.scratch_table('changes', compiled_code) -%}
    {%- set next = customer360.scratch_table(
        'next', customer360.next_state(existing, changes)
    ) -%}
    {%- call statement('main') -%}
        insert overwrite table {{ existing }} select * from {{ next }}
    {%- endcall -%}
    {%- do adapter.drop_relation(changes) -%}
    {%- do adapter.drop_relation(next) -%}
    {{ run_hooks(post_hooks) }}

    {{ return({'relations': [existing]}) }}
{%- endmaterialization %}
