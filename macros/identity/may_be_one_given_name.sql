{#-
    Whether two folded given names may be one person's: an initial or a short form, a slip
    of the pen, a shared word of a double name, or two scripts, of which nothing can be
    said. Nicknames are looked up beside it, in the seed.
-#}
{% macro may_be_one_given_name(one, other) -%}
    (
        starts_with({{ one }}, {{ other }})
        or starts_with({{ other }}, {{ one }})
        or {{ customer360.is_similar(one, other) }}
        or {{ customer360.has_latin_letters(one) }}
        <> {{ customer360.has_latin_letters(other) }}
        or concat(' ', {{ one }}, ' ') like concat('% ', {{ other }}, ' %')
        or concat(' ', {{ other }}, ' ') like concat('% ', {{ one }}, ' %')
    )
{%- endmacro %}
