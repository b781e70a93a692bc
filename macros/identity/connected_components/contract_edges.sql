{#- The edges between what the nodes have become. -#}
{% macro contract_edges(edges, map) -%}
with

moved as (

    select
        coalesce(map_a.root, edges.a) as a,
        coalesce(map_b.root, edges.b) as b

    from {{ edges }} as edges
    left join {{ map }} as map_a on edges.a = map_a.node
    left join {{ map }} as map_b on edges.b = map_b.node

)

select distinct
    least(a, b) as a,
    greatest(a, b) as b

from moved
where a <> b
{%- endmacro %}
