{#-
    A text in its form for comparison: small letters, one space between words, no
    punctuation, and Latin letters without accents. Other scripts keep their marks, which
    there tell letters apart (й is not и, が is not か).
-#}
{% macro fold_name(column) -%}
{%- set small -%}
trim(
    regexp_replace(
        regexp_replace(
            lower({{ customer360.normalise_unicode(column) }}), '[''’ʼ`´.]', '', 'g'
        ),
        '[^\p{L}\p{M}\p{N}]+',
        ' ',
        'g'
    )
)
{%- endset -%}
{%- set folded -%}
nullif(
    case
        when regexp_matches(_small, '^[\x00-\x7F]*$') then _small
        when regexp_matches(_small, '[^\p{Latin}\p{Common}\p{Inherited}]')
            then _small
        else
            {{ customer360.strip_accents(
                "replace(replace(replace(translate(_small, 'øłđðıħ', 'olddih'), "
                ~ "'ß', 'ss'), 'æ', 'ae'), 'œ', 'oe')"
            ) }}
    end,
    ''
)
{%- endset -%}
{{ customer360.let('_small', small, folded) }}
{%- endmacro %}
