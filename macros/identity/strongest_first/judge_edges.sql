{#-
    What is known of each edge by now. An edge is_next if it is the strongest that is
    left for both of its clusters: whatever happens elsewhere, it would find them just
    so when its turn comes, so all of these are decided at once, as one after the other
    would be. One that would break a limit is cut at once, since clusters only grow;
    but where something is held in excess (not is_plain) growing can make room, so
    there it waits for its turn.
-#}
{% macro judge_edges(edges, breaks) -%}
with

broken as (

    select
        edges.link_rank,
        min(breaks.value_group) as value_group,
        {{ arg_min('breaks.value_count', 'breaks.value_group') }} as value_count

    from {{ edges }} as edges
    inner join {{ breaks }} as breaks
        on
            edges.a = breaks.a
            and edges.b = breaks.b
            and (breaks.is_decision or not edges.is_decision)
    group by edges.link_rank

),

judged as (

    select
        edges.*,
        broken.value_group,
        broken.value_count,
        broken.value_group is not null as is_broken

    from {{ edges }} as edges
    left join broken on edges.link_rank = broken.link_rank

),

ends as (

    select a as cluster, link_rank from judged where not (is_broken and is_plain)
    union all
    select b as cluster, link_rank from judged where not (is_broken and is_plain)

),

strongest as (

    select cluster, min(link_rank) as link_rank
    from ends
    group by cluster

),

placed as (

    select
        judged.*,
        coalesce(
            judged.link_rank = of_a.link_rank and judged.link_rank = of_b.link_rank,
            false
        ) as is_next

    from judged
    left join strongest as of_a on judged.a = of_a.cluster
    left join strongest as of_b on judged.b = of_b.cluster

)

select
    *,
    is_broken and (is_plain or is_next) as is_cut

from placed
{%- endmacro %}
