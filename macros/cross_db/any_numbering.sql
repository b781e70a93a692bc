{#-
    Window: numbers 1, 2, … over all rows in an order that is of no account. DuckDB
    needs no order and is spared the sort; Spark asks for one.
-#}
{% macro any_numbering(column) -%}
    {{ return(adapter.dispatch('any_numbering', 'customer360')(column)) }}
{%- endmacro %}

{% macro default__any_numbering(column) -%}
    row_number() over (order by {{ column }})
{%- endmacro %}

{% macro duckdb__any_numbering(column) -%}
    row_number() over ()
{%- endmacro %}
