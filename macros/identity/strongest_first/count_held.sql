{#-
    How many values of each group are held: all of them, or where there is a window as
    many as at the busiest moment. Arguments: `holdings`, a relation with one row per
    `keys` and value; `keys`, the columns that say by whom.
-#}
{% macro count_held(holdings, keys) -%}
{%- set by = keys | join(', ') -%}
select
    {{ by }},
    value_group,
    count(*) as value_count
from {{ holdings }}
where held_from is null
group by {{ by }}, value_group

union all

select
    {{ by }},
    value_group,
    max(value_count) as value_count
from (
    select
        {%- for key in keys %}
        one.{{ key }},
        {%- endfor %}
        one.value_group,
        one.held_from,
        count(distinct other.value_key) as value_count
    from {{ holdings }} as one
    inner join {{ holdings }} as other
        on
            one.value_group = other.value_group
            {%- for key in keys %}
            and one.{{ key }} = other.{{ key }}
            {%- endfor %}
            and other.held_from <= one.held_from
            and other.held_until >= one.held_from
    group by
        {%- for key in keys %}
        one.{{ key }},
        {%- endfor %}
        one.value_group,
        one.held_from
) as moments
group by {{ by }}, value_group
{%- endmacro %}
