{#- SQL of the components of the evidence that a query yields. -#}
{% macro solve_components(code) -%}
    {%- set evidence = scratch_table('evidence', code) -%}
    {%- set sightings = scratch_table('sightings', number_shared_nodes(evidence)) -%}
    {%- set edges = scratch_table('edges_0', project_onto_nodes(sightings)) -%}
    {%- set roots = contract_graph(edges, config.get('max_rounds', 60)) -%}
    {{ return(name_components(
        evidence, sightings, roots, config.get('key', 'cluster_key')
    )) }}
{%- endmacro %}
