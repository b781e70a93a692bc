{#-
    The ISO 3166-1 alpha-2 code of a country that is written as a code (two or three
    letters) or by its name in English or in a language of the country; null if unknown.
    A scalar subquery, so that it stands where a column stands; models that use it list
    ref('countries') in the inputs of their unit tests.
-#}
{% macro clean_country(column) -%}
{{ customer360.lookup(
    ref('countries'), 'label', 'country_code', customer360.fold_name(column)
) }}
{%- endmacro %}
