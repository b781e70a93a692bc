{#-
    The ISO 3166-1 alpha-2 code of a country that is written as a code (two or three
    letters) or by its name in English or in a language of the country; null if unknown.
    A scalar subquery, so that it stands where a column stands; its own columns bear
    names that no source has. Models that use it list ref('countries') in the inputs of
    their unit tests.
-#}
{% macro clean_country(column) -%}
(
    select max(_countries._code)
    from (
        select
            label as _label,
            country_code as _code
        from {{ ref('countries') }}
    ) as _countries
    where _countries._label = {{ customer360.fold_name(column) }}
)
{%- endmacro %}
