{#- What was found between those entities, pair by pair, as edges between clusters. -#}
{% macro pair_edges(rows, members) -%}
select
    least(links.entity_key, links.other_entity_key) as one,
    greatest(links.entity_key, links.other_entity_key) as other,
    links.weight as total_weight,
    links.weight as best_weight,
    cast(1 as bigint) as pair_count,
    links.is_forbidden

from {{ rows }} as links
inner join {{ members }} as one on links.entity_key = one.entity_key
inner join {{ members }} as other on links.other_entity_key = other.entity_key
{%- endmacro %}
