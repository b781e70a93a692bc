{#- What the clusters hold after some have become one. -#}
{% macro next_holdings(holdings, map) -%}
select
    coalesce(map.target, holdings.cluster) as cluster,
    holdings.value_group,
    holdings.value_key,
    min(holdings.held_from) as held_from,
    max(holdings.held_until) as held_until

from {{ holdings }} as holdings
left join {{ map }} as map on holdings.cluster = map.cluster
group by
    coalesce(map.target, holdings.cluster), holdings.value_group, holdings.value_key
{%- endmacro %}
