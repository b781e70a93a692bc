{#- Aggregate: the distinct values of a text column in their order, between commas. -#}
{% macro joined_text(column) -%}
    {{ return(adapter.dispatch('joined_text', 'customer360')(column)) }}
{%- endmacro %}

{% macro default__joined_text(column) -%}
    string_agg(distinct {{ column }}, ', ' order by {{ column }})
{%- endmacro %}

{% macro spark__joined_text(column) -%}
    array_join(array_sort(collect_set({{ column }})), ', ')
{%- endmacro %}
