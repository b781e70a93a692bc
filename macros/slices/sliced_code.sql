{#- The current model's SQL, with the inputs narrowed to the slices of some keys. -#}
{% macro sliced_code(keys) -%}
    {%- set code = namespace(sql=compiled_code) -%}
    {%- for marker, input in customer360.slices().inputs.items() -%}
        {%- set code.sql = code.sql | replace(
            marker, customer360.rows_of_slices(input, keys)
        ) -%}
    {%- endfor -%}
    {{ return(code.sql) }}
{%- endmacro %}
