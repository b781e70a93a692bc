{#- What is between the clusters after a round: the sum over the pairs of their entities. -#}
{% macro merged_edges(edges, merges) -%}
with

moved as (

    select
        coalesce(merged_one.cluster_key, edges.one) as one,
        coalesce(merged_other.cluster_key, edges.other) as other,
        edges.total_weight,
        edges.best_weight,
        edges.pair_count,
        edges.is_forbidden

    from {{ edges }} as edges
    left join {{ merges }} as merged_one on edges.one = merged_one.merged
    left join {{ merges }} as merged_other on edges.other = merged_other.merged

)

select
    least(one, other) as one,
    greatest(one, other) as other,
    sum(total_weight) as total_weight,
    max(best_weight) as best_weight,
    cast(sum(pair_count) as bigint) as pair_count,
    bool_or(is_forbidden) as is_forbidden

from moved
where one <> other
group by least(one, other), greatest(one, other)
{%- endmacro %}
