{#- Aggregate: the values as a list, in no order. -#}
{% macro gathered(value) -%}
    {{ return(adapter.dispatch('gathered', 'customer360')(value)) }}
{%- endmacro %}

{% macro default__gathered(value) -%}
    list({{ value }})
{%- endmacro %}

{% macro spark__gathered(value) -%}
    collect_list({{ value }})
{%- endmacro %}
