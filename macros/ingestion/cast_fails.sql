{#- True where raw text is there but is no value of the declared type. -#}
{% macro cast_fails(column, declared) -%}
    (
        nullif(trim({{ column }}), '') is not null
        and {{ customer360.cast_raw(
            column, declared.data_type, declared.format
        ) }} is null
    )
{%- endmacro %}
