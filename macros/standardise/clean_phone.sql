{#-
    A telephone number in E.164 (ITU-T E.164), read as one would dial it in a country;
    null when the country's numbering plan has no such number. See orchestration/dbt/phone.py.
-#}
{% macro clean_phone(column, country_column) -%}
phone_e164(cast({{ column }} as varchar), coalesce({{ country_column }}, ''))
{%- endmacro %}
