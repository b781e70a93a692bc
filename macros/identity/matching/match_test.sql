{#-
    The vocabulary of seeds/match_rules.csv: what each test asks of the named fields of
    two entities, as SQL over the relations `one` and `other`.
-#}
{% macro match_test(test, fields) -%}
    {%- set field = fields[0] -%}
    {%- set a = 'one.' ~ field -%}
    {%- set b = 'other.' ~ field -%}
    {%- if test == 'same' -%}
        {{ a }} = {{ b }}
    {%- elif test == 'swapped' -%}
        {{ is_similar(a, 'other.' ~ fields[1]) }}
        and {{ is_similar('one.' ~ fields[1], b) }}
    {%- elif test == 'in_common' -%}
        {{ have_in_common(a, b) }}
    {%- elif test == 'similar' -%}
        {{ is_similar(a, b) }}
    {%- elif test == 'starts' -%}
        (starts_with({{ a }}, {{ b }}) or starts_with({{ b }}, {{ a }}))
    {%- elif test == 'one_edit' -%}
        {#- Of two letters, as Korean and Chinese names have, one makes another name. -#}
        levenshtein({{ a }}, {{ b }}) <= 1 and length({{ a }}) > 2 and length({{ b }}) > 2
    {%- elif test == 'two_edits' -%}
        levenshtein({{ a }}, {{ b }}) <= 2
    {%- elif test == 'typo' -%}
        levenshtein({{ a }}, {{ b }}) <= 2
        and regexp_replace({{ a }}, '[^0-9]', '', 'g')
        = regexp_replace({{ b }}, '[^0-9]', '', 'g')
    {%- elif test == 'differs_within' -%}
        {{ a }} <> {{ b }} and one.{{ fields[1] }} = other.{{ fields[1] }}
    {%- elif test in ['same_place', 'similar_place'] -%}
        {{ match_test(test.replace('_place', ''), fields) }}
        {%- if test == 'similar_place' %}
        and regexp_replace({{ a }}, '[^0-9]', '', 'g') = regexp_replace({{ b }}, '[^0-9]', '', 'g')
        {%- endif %} and (
        {%- for place in fields[1:] -%}
            one.{{ place }} = other.{{ place }} {{- ' or ' if not loop.last -}}
        {%- endfor -%} )
    {%- elif test == 'otherwise' -%}
        true
    {%- endif -%}
{%- endmacro %}
