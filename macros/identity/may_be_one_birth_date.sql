{#-
    Whether two birth dates may be one person's: a slip changes the year, the month or the
    day, or swaps the last two. Of one that is not known nothing can be said.
-#}
{% macro may_be_one_birth_date(one, other) -%}
    (
        case when extract(year from {{ one }}) = extract(year from {{ other }})
            then 1 else 0 end
        + case when extract(month from {{ one }}) = extract(month from {{ other }})
            then 1 else 0 end
        + case when extract(day from {{ one }}) = extract(day from {{ other }})
            then 1 else 0 end
        >= 2
        or (
            extract(year from {{ one }}) = extract(year from {{ other }})
            and extract(month from {{ one }}) = extract(day from {{ other }})
            and extract(day from {{ one }}) = extract(month from {{ other }})
        )
        or {{ one }} is null
        or {{ other }} is null
    )
{%- endmacro %}
