{{ config(materialized='strongest_first') }}

with

links as (

    select * from {{ ref('int_identity__links') }}

),

-- Two whom a steward keeps apart are as two values of which a customer may hold one.
apart as (

    select
        record_key,
        other_record_key,
        concat('cannot_link|', record_key, '|', other_record_key) as value_group

    from {{ ref('int_identity__decisions') }}
    where decision = 'cannot_link'

),

said as (

    select
        links.record_key,
        links.node_key,
        links.priority,
        links.times_seen,
        links.first_seen_at,
        links.last_seen_at,
        case
            when rules.max_values_per_customer is not null
                then concat(links.identifier_type, '|', links.namespace)
        end as value_group,
        links.value_key,
        rules.max_values_per_customer as max_values,
        rules.window_days,
        links.priority < 0 as is_decision

    from links
    left join {{ ref('identity_rules') }} as rules
        on links.identifier_type = rules.identifier_type

    union all

    -- What a statement is about goes with the record that bears its name.
    select
        stated_record_key as record_key,
        node_key,
        -2 as priority,
        times_seen,
        first_seen_at,
        last_seen_at,
        cast(null as varchar) as value_group,
        cast(null as varchar) as value_key,
        cast(null as integer) as max_values,
        cast(null as integer) as window_days,
        false as is_decision

    from links
    where stated_record_key is not null

    union all

    select
        ends.record_key,
        cast(null as varchar) as node_key,
        cast(null as integer) as priority,
        cast(null as bigint) as times_seen,
        cast(null as timestamp) as first_seen_at,
        cast(null as timestamp) as last_seen_at,
        ends.value_group,
        ends.record_key as value_key,
        1 as max_values,
        cast(null as integer) as window_days,
        true as is_decision

    from (
        select
            record_key,
            value_group
        from apart
        union all
        select
            other_record_key as record_key,
            value_group
        from apart
    ) as ends

),

placed as (

    select
        components.component_key,
        said.*

    from said
    inner join {{ ref('int_identity__components') }} as components
        on said.record_key = components.record_key

),

-- Counting rows is cheap and clears nearly all; different values are counted then.
full_components as (

    select component_key
    from placed
    where max_values is not null
    group by component_key, value_group, max_values
    having count(*) > max_values and min(record_key) < max(record_key)

),

contested as (

    select component_key
    from placed
    where component_key in (select component_key from full_components)
    group by component_key, value_group, max_values
    having count(distinct value_key) > max_values

)

select
    placed.*,
    registry.record_seq

from placed
inner join {{ ref('int_identity__record_registry') }} as registry
    on placed.record_key = registry.record_key
where placed.component_key in (select component_key from contested)
