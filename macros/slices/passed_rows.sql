{#-
    The rows of a relation with a time that a moment, as for the macro `sliced`, has
    passed since the current model was built, or gone back behind.
-#}
{% macro passed_rows(relation, until) -%}
    select passed.*
    from {{ relation }} as passed
    cross join (
        select
            min({{ until[1] }}) as earliest_moment,
            max({{ until[1] }}) as latest_moment
        from ({{ customer360.changed_rows(until[0]) }})
    ) as moved
    where
        {%- for time in until[2] %}
        {{ 'or ' if not loop.first -}}
        ({{ time }} > moved.earliest_moment and {{ time }} <= moved.latest_moment)
        {%- endfor %}
{%- endmacro %}
