{#- Each record with the lowest record_seq of its component, as the column `key`. -#}
{% macro name_components(evidence, sightings, roots, key) -%}
with

first_nodes as (

    select record_seq, min(node) as node
    from {{ sightings }}
    group by record_seq

),

members as (

    select
        first_nodes.record_seq,
        coalesce(roots.root, first_nodes.node) as root

    from first_nodes
    left join {{ roots }} as roots on first_nodes.node = roots.node

),

founders as (

    select root, min(record_seq) as {{ key }}
    from members
    group by root

)

select
    evidence.record_key,
    coalesce(founders.{{ key }}, evidence.record_seq) as {{ key }}

from {{ evidence }} as evidence
left join members on evidence.record_seq = members.record_seq
left join founders on members.root = founders.root
where evidence.node_key is null
{%- endmacro %}
