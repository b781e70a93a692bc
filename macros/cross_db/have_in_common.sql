{#- Whether two lists share a value. -#}
{% macro have_in_common(one, other) -%}
    {{ return(adapter.dispatch('have_in_common', 'customer360')(one, other)) }}
{%- endmacro %}

{% macro default__have_in_common(one, other) -%}
    list_has_any({{ one }}, {{ other }})
{%- endmacro %}

{% macro spark__have_in_common(one, other) -%}
    arrays_overlap({{ one }}, {{ other }})
{%- endmacro %}
