{#- The edges that are still to be decided, between what their ends have become. -#}
{% macro next_edges(verdicts, map) -%}
with

moved as (

    select
        verdicts.link_rank,
        coalesce(map_a.target, verdicts.a) as a,
        coalesce(map_b.target, verdicts.b) as b,
        verdicts.is_decision,
        verdicts.is_plain

    from {{ verdicts }} as verdicts
    left join {{ map }} as map_a on verdicts.a = map_a.cluster
    left join {{ map }} as map_b on verdicts.b = map_b.cluster
    where not verdicts.is_cut

)

select
    link_rank,
    least(a, b) as a,
    greatest(a, b) as b,
    is_decision,
    is_plain

from moved
where a <> b
{%- endmacro %}
