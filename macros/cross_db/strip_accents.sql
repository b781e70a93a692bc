{#- Letters without their accents; for Latin text only (see fold_name). -#}
{% macro strip_accents(column) -%}
    {{ return(adapter.dispatch('strip_accents', 'customer360')(column)) }}
{%- endmacro %}

{% macro default__strip_accents(column) -%}
strip_accents({{ column }})
{%- endmacro %}
