{#-
    A name without its titles (Dr, Mrs, Frau …) and suffixes (Jr, III, PhD …). Only what
    stands beside a name goes: a name that is nothing but "Dr" stays.
-#}
{% macro strip_name_affixes(column) -%}
regexp_replace(
    regexp_replace(
        {{ column }},
        '(?i)^((mr|mrs|ms|miss|mx|dr|prof|sir|madam|mme|mlle|monsieur|madame|herr|frau'
        || '|sr|sra|srta|se[ñÑ]ora?|dhr|mevr|rev)\.?\s+)+',
        ''
    ),
    '(?i)(,?\s+(jr|sr|ii|iii|iv|esq|ph\.?d|m\.?d|d\.?d\.?s|m\.?b\.?a|cpa)\.?)+$',
    ''
)
{%- endmacro %}
