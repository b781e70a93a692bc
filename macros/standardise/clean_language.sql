{#-
    The ISO 639-1 code of a language that is written as a locale (en-GB, BCP 47), a code
    or a name in English or in the language itself; null if unknown. A scalar subquery,
    as clean_country is one; unit tests list ref('languages').
-#}
{% macro clean_language(column) -%}
(
    select max(_languages._code)
    from (
        select
            label as _label,
            language_code as _code
        from {{ ref('languages') }}
    ) as _languages
    where
        _languages._label in (
            {{ customer360.fold_name(column) }},
            regexp_extract(lower({{ column }}), '^([a-z]{2,3})[-_][a-z0-9_-]+$', 1)
        )
)
{%- endmacro %}
