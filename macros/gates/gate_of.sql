{#-
    The gate that judges a model, by its folder; `project.node_gate` says the same. What
    is committed stands behind the identity gate, so the next one judges it.
-#}
{% macro gate_of(node) -%}
    {{- return('marts' if 'committed' in node.fqn else {
        'staging': 'feeds',
        'core': 'identity',
        'identity': 'identity',
        'features': 'marts',
        'marts': 'marts',
    }.get(node.fqn[1])) -}}
{%- endmacro %}
