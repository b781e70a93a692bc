{#-
    The members of a JSON array as rows of text; stands in a select list and gives no row
    for a text that is no array.
-#}
{% macro json_texts(column) -%}
    {{ return(adapter.dispatch('json_texts', 'customer360')(column)) }}
{%- endmacro %}

{% macro default__json_texts(column) -%}
unnest(from_json({{ column }}, '["VARCHAR"]'))
{%- endmacro %}

{% macro spark__json_texts(column) -%}
explode(from_json({{ column }}, 'array<string>'))
{%- endmacro %}
