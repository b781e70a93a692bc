{#-
    Materialization: a table (record_key, cluster_key) of the connected components that a
    model's rows draw. The rows are (record_seq, record_key, node_key): a row without a
    node_key declares a record, a row with one joins the record to a node, whose key can
    be any text. Records that share a node are of one cluster, and so on transitively.
    cluster_key is the lowest record_seq of the cluster, so that the result does not
    depend on the order of anything.

    A model that reads its inputs through `sliced`, by record_key, says there which
    records a change is about; then only the components of these are solved again.

    Config: `max_rounds` (default 60; a thousand-long chain takes fewer than 20), `key`,
    another name for cluster_key.
-#}
{% materialization connected_components, default -%}
    {%- if
        target.type != 'duckdb'
        or not slices().inputs
        or why_whole(load_cached_relation(this)) is not none
    -%}
        {{ return(replace_relation('table', code=solve_components(sql))) }}
    {%- endif -%}

    {{ run_hooks(pre_hooks, inside_transaction=False) }}
    {{ run_hooks(pre_hooks, inside_transaction=True) }}
    {%- set table = this.incorporate(type='table') -%}
    {%- set records = scratch_table('records', reached_components(
        table, reached_keys(), config.get('key', 'cluster_key')
    )) -%}
    {%- set fresh = replace_slices(
        table, records, solve_components(sliced_code(records))
    ) -%}
    {{ run_hooks(post_hooks, inside_transaction=True) }}
    {%- call statement('log') -%}
        {{ log_changes(fresh.before, fresh.after) }}
        {{ log_inputs() }}
    {%- endcall -%}
    {%- do adapter.commit() -%}
    {{ run_hooks(post_hooks, inside_transaction=False) }}

    {{ return({'relations': [table]}) }}
{%- endmaterialization %}
