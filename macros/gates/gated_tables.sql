{#-
    The tables that a gate must have passed, as (schema, name, unique id): of the raw gate,
    required sources; of any other, the models that it judges. Every model behind the gate asks, so
    the answer is kept with the graph that it follows from.
-#}
{% macro gated_tables(layer) -%}
    {%- set kept = graph.setdefault('customer360_gated_tables', {}) -%}
    {%- if layer in kept -%}
        {{ return(kept[layer]) }}
    {%- endif -%}

    {%- set wanted = [] -%}
    {%- if layer == 'raw' -%}
        {%- for source in graph.sources.values() -%}
            {%- set meta = source.config.get('meta') or source.meta or {} -%}
            {%- if meta.get('required') or (meta.get('ingest') or {}).get('required') -%}
                {%- do wanted.append((source.source_name, source.name, source.unique_id)) -%}
            {%- endif -%}
        {%- endfor -%}
    {%- else -%}
        {%- for node in graph.nodes.values()
            if node.resource_type in ('model', 'seed')
            and node.config.materialized != 'ephemeral'
            and customer360.gate_of(node) == layer -%}
            {%- do wanted.append((node.schema, node.alias, node.unique_id)) -%}
        {%- endfor -%}
    {%- endif -%}
    {%- do kept.update({layer: wanted}) -%}
    {{ return(wanted) }}
{%- endmacro %}
