{#- The key of a source record: system:entity:id. Null where there is no id. -#}
{% macro record_key(system, entity, id) -%}
'{{ system }}:{{ entity }}:' || {{ id }}
{%- endmacro %}
