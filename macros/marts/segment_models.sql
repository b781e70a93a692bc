{#- The models of the folder models/segments, by name: a segment is its file there. -#}
{% macro segment_models() -%}
    {%- set kinds = ['demographic', 'behavioural', 'psychographic', 'geographic'] -%}
    {%- set found = [] -%}
    {%- for node in (graph.nodes.values() if execute else [])
        if node.resource_type == 'model' and node.fqn[1] == 'segments' -%}
        {%- set meta = node.config.meta -%}
        {%- for key in ('name', 'kind', 'description') if not meta.get(key) -%}
            {{ exceptions.raise_compiler_error(
                "Segment " ~ node.name ~ " does not say its " ~ key ~ ": write "
                ~ "config(meta={'" ~ key ~ "': …}) into " ~ node.original_file_path ~ "."
            ) }}
        {%- endfor -%}
        {%- if meta.kind not in kinds -%}
            {{ exceptions.raise_compiler_error(
                "Segment " ~ node.name ~ " is of kind " ~ meta.kind ~ ", which is none "
                ~ "of " ~ kinds | join(', ') ~ ": see " ~ node.original_file_path ~ "."
            ) }}
        {%- endif -%}
        {%- do found.append(node) -%}
    {%- endfor -%}
    {{ return(found | sort(attribute='name')) }}
{%- endmacro %}
