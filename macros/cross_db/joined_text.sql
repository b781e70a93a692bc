{#- Aggregate: the distinct values of a text column in their order, as one text. -#}
{% macro joined_text(column, between=', ') -%}
    {{ return(adapter.dispatch('joined_text', 'customer360')(column, between)) }}
{%- endmacro %}

{% macro default__joined_text(column, between) -%}
    string_agg(distinct {{ column }}, '{{ between }}' order by {{ column }})
{%- endmacro %}

{% macro spark__joined_text(column, between) -%}
    array_join(array_sort(collect_set({{ column }})), '{{ between }}')
{%- endmacro %}
