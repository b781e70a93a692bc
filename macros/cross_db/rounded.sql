{#-
    A float rounded to some digits, half of the last one away from zero: the nearest
    integer to its multiple, so that what is a hair below a half stays below. Spark's own
    would round the shortest decimal that the float is printed as.
-#}
{% macro rounded(value, digits) -%}
    {{ return(adapter.dispatch('rounded', 'customer360')(value, digits)) }}
{%- endmacro %}

{% macro default__rounded(value, digits) -%}
round({{ value }}, {{ digits }})
{%- endmacro %}

{% macro spark__rounded(value, digits) -%}
(round(({{ value }}) * 1e{{ digits }}) / 1e{{ digits }})
{%- endmacro %}
