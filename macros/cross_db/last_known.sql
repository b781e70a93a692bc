{#-
    Window: the latest value of a column that is not null, of the rows before this one.
    Arguments: `column`, `partition_by` and `order_by` are SQL.
-#}
{% macro last_known(column, partition_by, order_by) -%}
    {{ return(adapter.dispatch('last_known', 'customer360')(
        column, partition_by, order_by
    )) }}
{%- endmacro %}

{% macro default__last_known(column, partition_by, order_by) -%}
    last_value({{ column }} ignore nulls) over (
        partition by {{ partition_by }}
        order by {{ order_by }}
        rows between unbounded preceding and 1 preceding
    )
{%- endmacro %}

{% macro spark__last_known(column, partition_by, order_by) -%}
    last({{ column }}, true) over (
        partition by {{ partition_by }}
        order by {{ order_by }}
        rows between unbounded preceding and 1 preceding
    )
{%- endmacro %}
