{#- The value of a name in a JSON list of objects {name, value}; null if absent. -#}
{% macro json_named_value(column, name) -%}
    {{ return(adapter.dispatch('json_named_value', 'customer360')(column, name)) }}
{%- endmacro %}

{% macro default__json_named_value(column, name) -%}
list_extract(
    list_filter(
        try_cast({{ column }} as struct(name varchar, value varchar)[]),
        lambda entry: entry.name = '{{ name }}'
    ),
    1
).value
{%- endmacro %}

{% macro spark__json_named_value(column, name) -%}
get(
    filter(
        from_json({{ column }}, 'array<struct<name: string, value: string>>'),
        entry -> entry.name = '{{ name }}'
    ),
    0
).value
{%- endmacro %}
