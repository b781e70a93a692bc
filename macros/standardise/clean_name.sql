{#-
    A person's name for display, in any script: tidy white space, no titles or suffixes,
    accents and case as written; what was typed all in capitals or all in small letters
    gets capitals where words start. Null when no letter is left. Two capitals alone are
    taken for initials (AJ).
-#}
{% macro clean_name(column) -%}
{%- set case_mended -%}
case
    when not regexp_matches(_name, '\p{L}') then null
    when
        (_name = lower(_name) and _name <> upper(_name))
        or (_name = upper(_name) and _name <> lower(_name) and length(_name) > 2)
        then {{ customer360.capitalise_words('_name') }}
    else _name
end
{%- endset -%}
{{ customer360.let(
    '_name',
    customer360.strip_name_affixes(customer360.clean_text(column)),
    case_mended
) }}
{%- endmacro %}
