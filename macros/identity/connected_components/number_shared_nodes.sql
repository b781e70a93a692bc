{#-
    Evidence as integers: (record_seq, node) for nodes that two records share. The others,
    most of all, join nobody. The dictionary is exact: 64-bit hashes of different e-mail
    addresses have been seen to be equal, and would make one person of two.
-#}
{% macro number_shared_nodes(evidence) -%}
with

shared_nodes as (

    select node_key
    from {{ evidence }}
    where node_key is not null
    group by node_key
    having min(record_seq) < max(record_seq)

),

numbered_nodes as (

    {{ numbered('shared_nodes', 'node_key', 'node') }}

)

select evidence.record_seq, numbered_nodes.node
from {{ evidence }} as evidence
inner join numbered_nodes on evidence.node_key = numbered_nodes.node_key
{%- endmacro %}
