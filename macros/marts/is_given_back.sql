{#- Whether the money of a refund went back, by its status; a till states none. -#}
{% macro is_given_back(status) -%}
    coalesce({{ status }}, 'succeeded') not in ('failed', 'cancelled')
{%- endmacro %}
