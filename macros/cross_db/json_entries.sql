{#-
    The members of a JSON object as rows of a struct (key, value), values as text;
    stands in a select list and gives no row for a text that is no object.
-#}
{% macro json_entries(column) -%}
    {{ return(adapter.dispatch('json_entries', 'customer360')(column)) }}
{%- endmacro %}

{% macro default__json_entries(column) -%}
unnest(map_entries(try_cast({{ column }} as map(varchar, varchar))))
{%- endmacro %}

{% macro spark__json_entries(column) -%}
explode(map_entries(from_json({{ column }}, 'map<string, string>')))
{%- endmacro %}
