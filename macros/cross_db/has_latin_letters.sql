{#- Whether a folded name is written in Latin letters. -#}
{% macro has_latin_letters(text) -%}
    {{ return(adapter.dispatch('has_latin_letters', 'customer360')(text)) }}
{%- endmacro %}

{% macro default__has_latin_letters(text) -%} ({{ text }} rlike '[a-z]') {%- endmacro %}

{% macro duckdb__has_latin_letters(text) -%}
    regexp_matches({{ text }}, '[a-z]')
{%- endmacro %}
