{#- A JSON text as a member of `json_object`: what it says, and not as a text. -#}
{% macro json_value(column) -%}
    {{ return(adapter.dispatch('json_value', 'customer360')(column)) }}
{%- endmacro %}

{% macro default__json_value(column) -%}
{{ column }}
{%- endmacro %}

{% macro spark__json_value(column) -%}
try_parse_json({{ column }})
{%- endmacro %}
