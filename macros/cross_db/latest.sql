{#-
    Aggregate: the `value` of the row with the latest time `at`, of rows at one time that
    with the highest `then_by`, lest the order of rows decide; rows without a time, or
    that do not meet `where`, do not count.
-#}
{% macro latest(value, at, then_by, where='true') -%}
    {{ return(adapter.dispatch('latest', 'customer360')(value, at, then_by, where)) }}
{%- endmacro %}

{% macro default__latest(value, at, then_by, where) -%}
    max_by({{ value }}, row({{ at }}, {{ then_by }}))
        filter (where {{ at }} is not null and {{ where }})
{%- endmacro %}

{% macro spark__latest(value, at, then_by, where) -%}
    max_by({{ value }}, struct({{ at }}, {{ then_by }}))
        filter (where {{ at }} is not null and {{ where }})
{%- endmacro %}
