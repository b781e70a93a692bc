{#- The trimmed parts of a list in a text as rows; stands in a select list. -#}
{% macro split_rows(column, delimiter) -%}
    {{ return(adapter.dispatch('split_rows', 'customer360')(column, delimiter)) }}
{%- endmacro %}

{% macro default__split_rows(column, delimiter) -%}
trim(unnest(string_split({{ column }}, '{{ delimiter }}')))
{%- endmacro %}

{% macro spark__split_rows(column, delimiter) -%}
explode(transform(split({{ column }}, '[{{ delimiter }}]'), part -> trim(part)))
{%- endmacro %}
