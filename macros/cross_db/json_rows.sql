{#-
    The objects of a JSON array as rows of a struct of texts; stands in a select list and
    gives no row for a text that is no array.
-#}
{% macro json_rows(column, fields) -%}
    {{ return(adapter.dispatch('json_rows', 'customer360')(column, fields)) }}
{%- endmacro %}

{% macro default__json_rows(column, fields) -%}
unnest(
    from_json(
        {{ column }},
        '[{
            {%- for field in fields -%}
            "{{ field }}":"VARCHAR"{{ "," if not loop.last }}
            {%- endfor -%}
        }]'
    )
)
{%- endmacro %}

{% macro spark__json_rows(column, fields) -%}
explode(
    from_json(
        {{ column }},
        'array<struct<
        {%- for field in fields -%}
        `{{ field }}`: string{{ ", " if not loop.last }}
        {%- endfor -%}
        >>'
    )
)
{%- endmacro %}
