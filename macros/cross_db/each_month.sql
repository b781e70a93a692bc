{#-
    Rows of the first days of months, from one expression of a first day to another and
    with both; stands in a select list, and gives no row where one of them is null.
-#}
{% macro each_month(first, last) -%}
    {{ return(adapter.dispatch('each_month', 'customer360')(first, last)) }}
{%- endmacro %}

{% macro default__each_month(first, last) -%}
unnest(generate_series({{ first }}, {{ last }}, interval 1 month))
{%- endmacro %}

{% macro spark__each_month(first, last) -%}
explode(sequence({{ first }}, {{ last }}, interval 1 month))
{%- endmacro %}
