{#- Aggregate: the `value` of the row whose `order_by` is lowest. -#}
{% macro arg_min(value, order_by) -%}
    {{ return(adapter.dispatch('arg_min', 'customer360')(value, order_by)) }}
{%- endmacro %}

{% macro default__arg_min(value, order_by) -%}
    arg_min({{ value }}, {{ order_by }})
{%- endmacro %}

{% macro spark__arg_min(value, order_by) -%}
    min_by({{ value }}, {{ order_by }})
{%- endmacro %}
