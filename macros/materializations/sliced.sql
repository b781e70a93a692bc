{#-
    Materialization: a table that is built by slices, the rows of one value of its
    unique_key. Slices that a change of the inputs reaches are taken out and put in anew;
    the rest stands. It reads the inputs through `sliced` and `raw_rows(…, by=…)`. When
    in doubt, as when its SQL was edited, it is built whole.
-#}
{% materialization sliced, adapter='duckdb' -%}
    {%- set existing = load_cached_relation(this) -%}
    {%- set why = customer360.why_whole(existing) -%}
    {%- do customer360.slices().update({'is_whole': why is not none}) -%}
    {%- if why is not none -%}
        {%- do log(this.schema ~ '.' ~ this.identifier ~ " is built whole: " ~ why) -%}
        {{ return(customer360.replace_relation('table')) }}
    {%- endif -%}

    {%- set target = this.incorporate(type='table') -%}
    {{ run_hooks(pre_hooks, inside_transaction=False) }}
    {{ run_hooks(pre_hooks, inside_transaction=True) }}
    {%- set fresh = customer360.build_slices(target) -%}
    {{ run_hooks(post_hooks, inside_transaction=True) }}
    {%- call statement('log') -%}
        {{ customer360.log_changes(fresh.before, fresh.after) }}
        {{ customer360.log_inputs() }}
    {%- endcall -%}
    {%- do adapter.commit() -%}
    {{ run_hooks(post_hooks, inside_transaction=False) }}

    {{ return({'relations': [target]}) }}
{%- endmaterialization %}

{#- Without a catalog that can merge, all of it is built anew. -#}
{% materialization sliced, adapter='spark' -%}
    {{ return(customer360.replace_relation('table')) }}
{%- endmaterialization %}
