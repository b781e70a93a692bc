{#- A JSON object of named SQL expressions: {'name': 'expression'}. -#}
{% macro json_object(members) -%}
    {{ return(adapter.dispatch('json_object', 'customer360')(members)) }}
{%- endmacro %}

{% macro default__json_object(members) -%}
json_object(
    {%- for name, expression in members.items() %}
    '{{ name }}', {{ expression }}{{ "," if not loop.last }}
    {%- endfor %}
)
{%- endmacro %}

{% macro spark__json_object(members) -%}
to_json(
    named_struct(
        {%- for name, expression in members.items() %}
        '{{ name }}', {{ expression }}{{ "," if not loop.last }}
        {%- endfor %}
    ),
    map('ignoreNullFields', 'false')
)
{%- endmacro %}
