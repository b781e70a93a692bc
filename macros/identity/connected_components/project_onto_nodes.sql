{#-
    The graph over nodes alone: a record with n nodes gives n - 1 edges, from its lowest
    node to the others, and drops out.
-#}
{% macro project_onto_nodes(sightings) -%}
with

first_nodes as (

    select record_seq, min(node) as node
    from {{ sightings }}
    group by record_seq
    having min(node) < max(node)

)

select distinct
    first_nodes.node as a,
    sightings.node as b

from {{ sightings }} as sightings
inner join first_nodes on sightings.record_seq = first_nodes.record_seq
where first_nodes.node < sightings.node
{%- endmacro %}
