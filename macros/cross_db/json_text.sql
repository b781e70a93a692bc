{#-
    One value of a JSON text, as text: 'address.city', 'lines.0.sku'. Null where the path
    leads nowhere or to a JSON null; objects and arrays come as JSON text.
-#}
{% macro json_text(column, path) -%}
    {{ return(adapter.dispatch('json_text', 'customer360')(column, path)) }}
{%- endmacro %}

{% macro default__json_text(column, path) -%}
{%- set steps = [] -%}
{%- for step in path.split('.') -%}
    {%- do steps.append('[' ~ step ~ ']' if step.isdigit() else '."' ~ step ~ '"') -%}
{%- endfor -%}
json_extract_string({{ column }}, '${{ steps | join }}')
{%- endmacro %}

{% macro spark__json_text(column, path) -%}
{%- set steps = [] -%}
{%- for step in path.split('.') -%}
    {%- do steps.append('[' ~ step ~ ']' if step.isdigit() else '.' ~ step) -%}
{%- endfor -%}
get_json_object({{ column }}, '${{ steps | join }}')
{%- endmacro %}
