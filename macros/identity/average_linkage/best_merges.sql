{#-
    The clusters that merge in this round: (merged, cluster_key, weight), where `merged`
    becomes part of the older cluster_key. The order of edges is total, so the best of
    all is the best of both its ends, and every round merges something while it can. Of
    equal means the names decide, so that it is of no account who arrived first; means
    are rounded, so that neither is the order in which they were added up.
-#}
{% macro best_merges(members, edges, accept, unseen) -%}
with

sizes as (

    select
        cluster_key,
        count(*) as size,
        min(name) as name
    from {{ members }}
    group by cluster_key

),

compared as (

    select
        edges.one,
        edges.other,
        edges.best_weight,
        least(one.name, other.name) as first_name,
        greatest(one.name, other.name) as last_name,
        round(
            (
                edges.total_weight
                + {{ unseen }} * (one.size * other.size - edges.pair_count)
            ) / (one.size * other.size),
            9
        ) as mean_weight

    from {{ edges }} as edges
    inner join sizes as one on edges.one = one.cluster_key
    inner join sizes as other on edges.other = other.cluster_key
    where not edges.is_forbidden

),

near as (

    select * from compared
    where mean_weight >= {{ accept }}

),

seen_from_both as (

    select
        one as cluster_key,
        one,
        other,
        first_name,
        last_name,
        best_weight,
        mean_weight
    from near

    union all

    select
        other as cluster_key,
        one,
        other,
        first_name,
        last_name,
        best_weight,
        mean_weight
    from near

),

ranked as (

    select
        one,
        other,
        best_weight,
        row_number() over (
            partition by cluster_key
            order by mean_weight desc, first_name, last_name
        ) as place

    from seen_from_both

)

select
    other as merged,
    one as cluster_key,
    max(best_weight) as weight

from ranked
where place = 1
group by one, other
having count(*) = 2
{%- endmacro %}
