{#- The entities with their clusters after a round. -#}
{% macro merged_members(members, merges) -%}
select
    members.entity_key,
    coalesce(merges.cluster_key, members.cluster_key) as cluster_key,
    case
        when merges.merged is null then members.confidence
        else least(members.confidence, 1 / (1 + power(2, -merges.weight)))
    end as confidence,
    members.name

from {{ members }} as members
left join {{ merges }} as merges on members.cluster_key = merges.merged
{%- endmacro %}
