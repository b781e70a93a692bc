{#-
    The SQL `body` with `name` standing for the value of an expression, so that a macro
    that needs it in several places neither evaluates nor spells it out several times:
    staging is a tenth of the SQL text with it, and is planned as much faster.
-#}
{% macro let(name, expression, body) -%}
    {{ return(adapter.dispatch('let', 'customer360')(name, expression, body)) }}
{%- endmacro %}

{% macro default__let(name, expression, body) -%}
list_transform([{{ expression }}], lambda {{ name }}: {{ body }})[1]
{%- endmacro %}

{#- No lambda: Spark lets none contain a function of Python. It finds what is equal. -#}
{% macro spark__let(name, expression, body) -%}
{{ modules.re.sub('\\b' ~ name ~ '\\b', '(' ~ expression.replace('\\', '\\\\') ~ ')', body) }}
{%- endmacro %}
