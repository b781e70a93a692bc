{#-
    A 64-bit number for a row of columns. Different rows may have the same number: good
    for finding candidates, never as a key.
-#}
{% macro hash_number(columns) -%}
    {{ return(adapter.dispatch('hash_number', 'customer360')(columns)) }}
{%- endmacro %}

{% macro default__hash_number(columns) -%}
    hash({{ columns | join(', ') }})
{%- endmacro %}

{% macro spark__hash_number(columns) -%}
    xxhash64({{ columns | join(', ') }})
{%- endmacro %}
