{{ config(materialized='strongest_first') }}

with

matched as (

    select * from {{ ref('int_identity__matched_entities') }}

),

joined as (

    select cluster_key
    from matched
    group by cluster_key
    having min(entity_key) < max(entity_key)

),

-- An entity is called by a record of it, whichever arrived first.
entities as (

    select
        matched.cluster_key,
        matched.entity_key,
        min(matched.record_key) as record_key

    from matched
    inner join joined on matched.cluster_key = joined.cluster_key
    group by matched.cluster_key, matched.entity_key

),

matches as (

    select
        one.cluster_key,
        one.entity_key as one_entity_key,
        other.entity_key as other_entity_key,
        one.record_key as one_record_key,
        other.record_key as other_record_key,
        concat_ws(
            '|',
            'match',
            least(one.record_key, other.record_key),
            greatest(one.record_key, other.record_key)
        ) as node_key,
        links.match_weight

    from {{ ref('int_identity__match_links') }} as links
    inner join entities as one on links.one_entity_key = one.entity_key
    inner join entities as other
        on
            links.other_entity_key = other.entity_key
            and one.cluster_key = other.cluster_key
    where links.status = 'accepted'

),

held as (

    select
        entities.cluster_key,
        entities.entity_key,
        entities.record_key,
        links.first_seen_at,
        links.last_seen_at,
        concat(links.identifier_type, '|', links.namespace) as value_group,
        links.value_key,
        rules.max_values_per_customer as max_values,
        rules.window_days

    from {{ ref('int_identity__links') }} as links
    inner join {{ ref('identity_rules') }} as rules
        on links.identifier_type = rules.identifier_type
    inner join matched on links.record_key = matched.record_key
    inner join entities on matched.entity_key = entities.entity_key
    where rules.max_values_per_customer is not null

),

said as (

    {%- for end in ('one', 'other') %}
    select
        cluster_key as component_key,
        {{ end }}_entity_key as record_seq,
        {{ end }}_record_key as record_key,
        node_key,
        -match_weight as priority,
        1 as times_seen,
        cast(null as timestamp) as first_seen_at,
        cast(null as timestamp) as last_seen_at,
        cast(null as varchar) as value_group,
        cast(null as varchar) as value_key,
        cast(null as integer) as max_values,
        cast(null as integer) as window_days,
        false as is_decision

    from matches

    union all
    {% endfor %}

    select
        cluster_key as component_key,
        entity_key as record_seq,
        record_key,
        cast(null as varchar) as node_key,
        cast(null as double) as priority,
        cast(null as integer) as times_seen,
        first_seen_at,
        last_seen_at,
        value_group,
        value_key,
        max_values,
        window_days,
        false as is_decision

    from held

),

contested as (

    select component_key
    from said
    where max_values is not null
    group by component_key, value_group, max_values
    having count(distinct value_key) > max_values

)

select said.*
from said
where said.component_key in (select component_key from contested)
