{#- Each record with the cluster of its entity; who was linked to nobody stays alone. -#}
{% macro name_merged_records(rows, members) -%}
select
    records.record_key,
    records.entity_key,
    coalesce(members.cluster_key, records.entity_key) as cluster_key,
    coalesce(members.confidence, 1) as confidence

from {{ rows }} as records
left join {{ members }} as members on records.entity_key = members.entity_key
where records.other_entity_key is null
{%- endmacro %}
