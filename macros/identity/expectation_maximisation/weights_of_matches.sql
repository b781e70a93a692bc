{#- The weights after a round: what the pairs that are likely matches have in common. -#}
{% macro weights_of_matches(rows, weights, trained) -%}
with

likely as (

    select
        rows.pattern,
        max(rows.pair_count) / (
            1 + power(
                2,
                -max(rows.known_weight)
                - sum(case when weights.weighs_rarity then log2(weights.m) else weights.weight end)
            )
        ) as match_count

    from {{ rows }} as rows
    inner join {{ weights }} as weights
        on rows.comparison = weights.comparison and rows.level = weights.level
    group by rows.pattern

),

found as (

    select
        rows.comparison,
        rows.level,
        max(rows.entity_count) as entity_count,
        sum(likely.match_count) as match_count

    from {{ rows }} as rows
    inner join likely on rows.pattern = likely.pattern
    group by rows.comparison, rows.level

),

shares as (

    select
        trained.*,
        found.entity_count,
        found.match_count,
        (
            coalesce(found.match_count, 0) + trained.trained_matches * trained.m
            / sum(trained.m) over (partition by trained.comparison)
        ) / (
            coalesce(sum(found.match_count) over (partition by trained.comparison), 0)
            + trained.trained_matches
        ) as found_m

    from {{ trained }} as trained
    left join found
        on trained.comparison = found.comparison and trained.level = found.level

)

select
    comparison,
    level,
    round(found_m, 12) as m,
    case when is_told then round(found_m, 12) else u end as u,
    weighs_rarity,
    round(
        case
            when is_told then 0
            when comparison <> 'setting' then log2(found_m / u)
            when match_count is null then weight
            else
                log2(
                    (2 * match_count + trained_matches * power(2, weight))
                    / (entity_count + trained_matches)
                )
        end,
        6
    ) as weight

from shares
{%- endmacro %}
