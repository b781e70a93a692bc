{#- A postal code for comparison: small letters and digits only. -#}
{% macro fold_postal_code(column) -%}
nullif(regexp_replace(lower({{ column }}), '[^a-z0-9]+', '', 'g'), '')
{%- endmacro %}
