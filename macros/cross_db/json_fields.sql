{#-
    Fields of a JSON object as a struct of texts, read in one pass; all null where the
    text is no object. Objects and arrays inside come as JSON text, except for objects
    whose fields are named too: {'page': ['url', 'title'], 'locale': none}.
-#}
{% macro json_fields(column, fields) -%}
    {{ return(adapter.dispatch('json_fields', 'customer360')(column, fields)) }}
{%- endmacro %}

{% macro default__json_fields(column, fields) -%}
{%- set nested = fields if fields is mapping else {} -%}
from_json(
    {{ column }},
    '{
        {%- for field in fields -%}
        "{{ field }}":
        {%- if nested.get(field) -%}
        { {%- for inner in nested[field] -%}
        "{{ inner }}":"VARCHAR"{{ "," if not loop.last }}
        {%- endfor -%} }
        {%- else -%}
        "VARCHAR"
        {%- endif -%}
        {{ "," if not loop.last }}
        {%- endfor -%}
    }'
)
{%- endmacro %}

{% macro spark__json_fields(column, fields) -%}
{%- set nested = fields if fields is mapping else {} -%}
from_json(
    {{ column }},
    '
        {%- for field in fields -%}
        `{{ field }}` {{ ' ' }}
        {%- if nested.get(field) -%}
        struct<
        {%- for inner in nested[field] -%}
        `{{ inner }}`: string{{ ", " if not loop.last }}
        {%- endfor -%}
        >
        {%- else -%}
        string
        {%- endif -%}
        {{ ", " if not loop.last }}
        {%- endfor -%}
    '
)
{%- endmacro %}
