{#- The model, seed or snapshot of the graph whose table a relation is. -#}
{% macro node_of(relation) -%}
    {%- for node in graph.nodes.values()
        if node.alias == relation.identifier and node.schema == relation.schema
        and node.resource_type in ('model', 'seed', 'snapshot') -%}
        {{ return(node) }}
    {%- endfor -%}
    {{ exceptions.raise_compiler_error(
        model.name ~ " reads " ~ relation ~ " by slices, which is no model of the "
        ~ "project. Read it by ref(), or without `sliced`."
    ) }}
{%- endmacro %}
