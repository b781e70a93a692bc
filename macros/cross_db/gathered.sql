{#- Aggregate: the values as a list, in their order, so that equal sets are equal. -#}
{% macro gathered(value) -%}
    {{ return(adapter.dispatch('gathered', 'customer360')(value)) }}
{%- endmacro %}

{% macro default__gathered(value) -%}
    list({{ value }} order by {{ value }})
{%- endmacro %}

{% macro spark__gathered(value) -%}
    array_sort(collect_list({{ value }}))
{%- endmacro %}
