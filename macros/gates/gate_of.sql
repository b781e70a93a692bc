{#-
    The gate that judges a model by its folder, or a seed; `project.node_gate` says the
    same. What is committed stands behind the identity gate, so the next one judges it.
-#}
{% macro gate_of(node) -%}
    {%- set of_folder = {
        'staging': 'feeds',
        'core': 'identity',
        'identity': 'identity',
        'features': 'marts',
        'marts': 'marts',
    } -%}
    {{- return(
        'feeds' if node.resource_type == 'seed'
        else 'marts' if 'committed' in node.fqn
        else of_folder.get(node.fqn[1])
    ) -}}
{%- endmacro %}
