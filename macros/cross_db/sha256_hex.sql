{#- SHA-256 (FIPS 180-4) of UTF-8 text, as 64 lower-case hexadecimal digits. -#}
{% macro sha256_hex(column) -%}
    {{ return(adapter.dispatch('sha256_hex', 'customer360')(column)) }}
{%- endmacro %}

{% macro default__sha256_hex(column) -%}
sha256(cast({{ column }} as varchar))
{%- endmacro %}

{% macro spark__sha256_hex(column) -%}
sha2(cast({{ column }} as string), 256)
{%- endmacro %}
