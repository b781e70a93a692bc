{#-
    A person's name for display, in any script: tidy white space, no titles or suffixes,
    accents and case as written; what was typed all in capitals or all in small letters
    gets capitals where words start. Null when no letter is left. Two capitals alone are
    taken for initials (AJ).
-#}
{% macro clean_name(column) -%}
{%- set name = customer360.strip_name_affixes(customer360.clean_text(column)) -%}
case
    when not regexp_matches({{ name }}, '\p{L}') then null
    when {{ name }} = lower({{ name }}) and {{ name }} <> upper({{ name }})
        then {{ customer360.capitalise_words(name) }}
    when
        {{ name }} = upper({{ name }})
        and {{ name }} <> lower({{ name }})
        and length({{ name }}) > 2
        then {{ customer360.capitalise_words(name) }}
    else {{ name }}
end
{%- endmacro %}
