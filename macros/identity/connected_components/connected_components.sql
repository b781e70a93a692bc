{#-
    Materialization: a table (record_key, cluster_key) of the connected components that a
    model's rows draw. The rows are (record_seq, record_key, node_key): a row without a
    node_key declares a record, a row with one joins the record to a node, whose key can
    be any text. Records that share a node are of one cluster, and so on transitively.
    cluster_key is the lowest record_seq of the cluster, so that the result does not
    depend on the order of anything.

    Config: `max_rounds` (default 60; a thousand-long chain takes fewer than 20), `key`,
    another name for cluster_key.
-#}
{% materialization connected_components, default -%}
    {%- set existing = load_cached_relation(this) -%}
    {%- set target = this.incorporate(type='table') -%}
    {%- set intermediate = make_intermediate_relation(target) -%}
    {%- set backup = make_backup_relation(target, existing.type if existing else 'table') -%}
    {%- do drop_relation_if_exists(load_cached_relation(intermediate)) -%}
    {%- do drop_relation_if_exists(load_cached_relation(backup)) -%}

    {{ run_hooks(pre_hooks, inside_transaction=False) }}
    {{ run_hooks(pre_hooks, inside_transaction=True) }}

    {%- set evidence = scratch_table('evidence', sql) -%}
    {%- set sightings = scratch_table('sightings', number_shared_nodes(evidence)) -%}
    {%- set edges = scratch_table('edges_0', project_onto_nodes(sightings)) -%}
    {%- set roots = contract_graph(edges, config.get('max_rounds', 60)) -%}

    {%- call statement('main') -%}
        {{ get_create_table_as_sql(
            False, intermediate, name_components(
                evidence, sightings, roots, config.get('key', 'cluster_key')
            )
        ) }}
    {%- endcall -%}

    {%- if existing -%}
        {%- do adapter.rename_relation(existing, backup) -%}
    {%- endif -%}
    {%- do adapter.rename_relation(intermediate, target) -%}

    {{ run_hooks(post_hooks, inside_transaction=True) }}
    {%- do persist_docs(target, model) -%}
    {%- do adapter.commit() -%}
    {%- do drop_relation_if_exists(backup) -%}
    {{ run_hooks(post_hooks, inside_transaction=False) }}

    {{ return({'relations': [target]}) }}
{%- endmaterialization %}
