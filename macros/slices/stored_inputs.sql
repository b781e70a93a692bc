{#-
    The models and seeds with tables that nodes of the graph stand for: a view stands for
    what it reads.
-#}
{% macro stored_inputs(unique_ids) -%}
    {%- set found = [] -%}
    {%- for unique_id in unique_ids if unique_id in graph.nodes -%}
        {%- set node = graph.nodes[unique_id] -%}
        {%- if node.config.materialized == 'view' -%}
            {%- do found.extend(customer360.stored_inputs(node.depends_on.nodes)) -%}
        {%- else -%}
            {%- do found.append(node) -%}
        {%- endif -%}
    {%- endfor -%}
    {{ return(found) }}
{%- endmacro %}
