{#- Each node's lowest neighbour in the order of this round, followed three times over. -#}
{% macro follow_lowest_neighbour(edges, factor, prime) -%}
with

neighbours as (

    select a as node, b as neighbour, {{ factor }} * b % {{ prime }} as neighbour_order
    from {{ edges }}
    union all
    select b as node, a as neighbour, {{ factor }} * a % {{ prime }} as neighbour_order
    from {{ edges }}

),

pointers as (

    select
        node,
        {{ arg_min('neighbour', 'neighbour_order') }} as root

    from neighbours
    group by node
    having min(neighbour_order) < {{ factor }} * node % {{ prime }}

),

jumped as (

    select pointers.node, coalesce(next.root, pointers.root) as root
    from pointers
    left join pointers as next on pointers.root = next.node

)

select jumped.node, coalesce(next.root, jumped.root) as root
from jumped
left join jumped as next on jumped.root = next.node
{%- endmacro %}
