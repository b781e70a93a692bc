{#- The limits that a union along an edge would break: (a, b, value_group, value_count). -#}
{% macro break_limits(edges, holdings, limits) -%}
with

groups as (

    select distinct cluster, value_group
    from {{ holdings }}

),

-- Where only one side holds any, the union holds no more than that.
shared as (

    select distinct edges.a, edges.b, of_a.value_group
    from {{ edges }} as edges
    inner join groups as of_a on edges.a = of_a.cluster
    inner join groups as of_b
        on edges.b = of_b.cluster and of_a.value_group = of_b.value_group

),

sides as (

    select a, b, value_group, a as cluster
    from shared
    union all
    select a, b, value_group, b as cluster
    from shared

),

pooled as (

    select
        sides.a,
        sides.b,
        sides.value_group,
        holdings.value_key,
        min(holdings.held_from) as held_from,
        max(holdings.held_until) as held_until

    from sides
    inner join {{ holdings }} as holdings
        on
            sides.cluster = holdings.cluster
            and sides.value_group = holdings.value_group
    group by sides.a, sides.b, sides.value_group, holdings.value_key

),

own as (

    {{ count_held(holdings, ['cluster']) }}

),

counted as (

    {{ count_held('pooled', ['a', 'b']) }}

)

select
    counted.a,
    counted.b,
    counted.value_group,
    counted.value_count,
    limits.is_decision

from counted
inner join {{ limits }} as limits on counted.value_group = limits.value_group
inner join own as of_a
    on counted.a = of_a.cluster and counted.value_group = of_a.value_group
inner join own as of_b
    on counted.b = of_b.cluster and counted.value_group = of_b.value_group
where
    counted.value_count
    > greatest(limits.max_values, of_a.value_count, of_b.value_count)
{%- endmacro %}
