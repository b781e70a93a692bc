{#-
    True on a row of a key that differs from the row before it in one of the columns;
    for `qualify`. Thins daily snapshots out to the versions in them.
-#}
{% macro is_change(key, columns, order_by='source_row') -%}
    {{ return(adapter.dispatch('is_change', 'customer360')(key, columns, order_by)) }}
{%- endmacro %}

{% macro default__is_change(key, columns, order_by) -%}
(
    row({{ columns | join(', ') }}) is distinct from
    lag(row({{ columns | join(', ') }})) over (
        partition by {{ key }}
        order by {{ order_by }}
    )
)
{%- endmacro %}

{% macro spark__is_change(key, columns, order_by) -%}
(
    struct({{ columns | join(', ') }}) is distinct from
    lag(struct({{ columns | join(', ') }})) over (
        partition by {{ key }}
        order by {{ order_by }}
    )
)
{%- endmacro %}
