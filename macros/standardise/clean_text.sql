{#- Text as people wrote it, without stray white space; null when nothing is left. -#}
{% macro clean_text(column) -%}
nullif(
    trim(
        regexp_replace(
            {{ customer360.normalise_unicode(column) }},
            '[\s\p{Z}\x{200B}\x{FEFF}]+',
            ' ',
            'g'
        )
    ),
    ''
)
{%- endmacro %}
