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
    {%- set evidence = scratch_table('evidence', sql) -%}
    {%- set sightings = scratch_table('sightings', number_shared_nodes(evidence)) -%}
    {%- set edges = scratch_table('edges_0', project_onto_nodes(sightings)) -%}
    {%- set roots = contract_graph(edges, config.get('max_rounds', 60)) -%}

    {{ return(replace_relation('table', code=name_components(
        evidence, sightings, roots, config.get('key', 'cluster_key')
    ))) }}
{%- endmaterialization %}
