{#-
    Links in the order in which they are added, one a record and node. A node goes to the
    record of its strongest link, its holder; the other links are edges to that record.
-#}
{% macro rank_links(evidence) -%}
with

links as (

    select
        component_key,
        record_seq,
        record_key,
        node_key,
        min(priority) as priority,
        sum(times_seen) as times_seen,
        min(first_seen_at) as first_seen_at,
        bool_or(is_decision) as is_decision

    from {{ evidence }}
    where node_key is not null
    group by component_key, record_seq, record_key, node_key

),

ranked as (

    select
        *,
        row_number() over (
            order by
                priority asc,
                times_seen desc,
                first_seen_at asc nulls last,
                node_key asc,
                record_key asc
        ) as link_rank

    from links

)

select
    component_key,
    record_seq,
    record_key,
    node_key,
    is_decision,
    link_rank,
    first_value(record_seq) over (
        partition by node_key
        order by link_rank
    ) as holder_seq,
    first_value(record_key) over (
        partition by node_key
        order by link_rank
    ) as holder_record_key

from ranked
{%- endmacro %}
