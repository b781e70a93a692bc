{#-
    The edges between records: (link_rank, a, b, is_decision, is_plain). Not is_plain is
    what belongs to a component where a record holds more than allowed by itself, or a
    decision may make a customer do so.
-#}
{% macro first_edges(evidence, links, holdings, limits) -%}
with

own as (

    {{ count_held(holdings, ['cluster']) }}

),

overfull as (

    select own.cluster as record_seq
    from own
    inner join {{ limits }} as limits on own.value_group = limits.value_group
    where own.value_count > limits.max_values

),

odd_components as (

    select evidence.component_key
    from {{ evidence }} as evidence
    inner join overfull on evidence.record_seq = overfull.record_seq
    union
    select component_key
    from {{ links }}
    where is_decision

)

select
    links.link_rank,
    least(links.holder_seq, links.record_seq) as a,
    greatest(links.holder_seq, links.record_seq) as b,
    links.is_decision,
    odd_components.component_key is null as is_plain

from {{ links }} as links
left join odd_components on links.component_key = odd_components.component_key
where links.holder_seq <> links.record_seq
{%- endmacro %}
