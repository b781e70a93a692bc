{#- The record number that a customer id bears; null for what is no customer id. -#}
{% macro customer_number(column) -%}
    case
        when regexp_matches({{ column }}, '^C[0-9]{10}$')
            then cast(substr({{ column }}, 2) as bigint)
    end
{%- endmacro %}
