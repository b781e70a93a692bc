{#-
    Every link with its verdict. It is cut if its record ended elsewhere than the holder of
    the node: one that was refused at its turn, but whose ends met later on another way,
    is as good as used.
-#}
{% macro tell_verdicts(links, solved) -%}
with

founders as (

    select
        record_seq,
        min(record_seq) over (partition by cluster) as entity_key
    from {{ solved.members }}

)

select
    links.record_key,
    links.node_key,
    links.holder_record_key,
    mine.entity_key,
    mine.entity_key <> theirs.entity_key as is_cut,
    cuts.value_group,
    cuts.value_count,
    limits.max_values

from {{ links }} as links
inner join founders as mine on links.record_seq = mine.record_seq
inner join founders as theirs on links.holder_seq = theirs.record_seq
left join {{ solved.cuts }} as cuts
    on
        links.link_rank = cuts.link_rank
        and mine.entity_key <> theirs.entity_key
left join {{ solved.limits }} as limits on cuts.value_group = limits.value_group
{%- endmacro %}
