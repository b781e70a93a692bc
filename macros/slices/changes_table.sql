{#- Where the changes of the table of a node are written down, version by version. -#}
{% macro changes_table(node) -%}
    changes.{{ node.schema }}__{{ node.alias }}
{%- endmacro %}
