{#-
    Fields of a JSON object as a struct of texts, read in one pass; all null where the
    text is no object. Objects and arrays inside come as JSON text.
-#}
{% macro json_fields(column, fields) -%}
    {{ return(adapter.dispatch('json_fields', 'customer360')(column, fields)) }}
{%- endmacro %}

{% macro default__json_fields(column, fields) -%}
from_json(
    {{ column }},
    '{
        {%- for field in fields -%}
        "{{ field }}":"VARCHAR"{{ "," if not loop.last }}
        {%- endfor -%}
    }'
)
{%- endmacro %}
