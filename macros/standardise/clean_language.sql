{#-
    The ISO 639-1 code of a language that is written as a locale (en-GB, BCP 47), a code
    or a name in English or in the language itself; null if unknown. A scalar subquery,
    as clean_country is one; unit tests list ref('languages').
-#}
{% macro clean_language(column) -%}
{%- set label -%}
coalesce(
    nullif(
        regexp_extract(lower({{ column }}), '^\s*([a-z]{2,3})[-_][a-z0-9_-]+\s*$', 1),
        ''
    ),
    {{ customer360.fold_name(column) }}
)
{%- endset -%}
{{ customer360.lookup(ref('languages'), 'label', 'language_code', label) }}
{%- endmacro %}
