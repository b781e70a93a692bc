{{ config(materialized='sliced', unique_key='customer_id') }}

with

map as (

    select *
    from {{ sliced(
        ref('identity_map'),
        by='customer_id',
        columns=['record_key', 'customer_id', 'is_identified', 'is_excluded']
    ) }}
    where is_identified and not is_excluded

),

records as (

    select
        customer_id,
        count(distinct record_key) as record_count,
        count(distinct split_part(record_key, ':', 1)) as source_count
    from map
    group by customer_id

),

identifiers as (

    select
        map.customer_id,
        count(distinct concat_ws(
            '|',
            identifiers.identifier_type,
            identifiers.namespace,
            identifiers.identifier_value
        )) as identifier_count,
        min(identifiers.first_seen_at) as first_seen_at,
        max(identifiers.last_seen_at) as last_seen_at
    from {{ sliced(
        ref('identity_identifiers'),
        by='customer_id',
        through=(ref('identity_map'), 'record_key', 'record_key')
    ) }} as identifiers
    inner join map on identifiers.record_key = map.record_key
    group by map.customer_id

),

loyalty as (

    select
        movements.customer_id,
        sum(movements.points) as loyalty_points
    from {{ with_customer(
        ref('core__loyalty_movements'), at='moved_at', by='customer_id'
    ) }} as movements
    group by movements.customer_id

)

select
    records.customer_id,
    cast(records.record_count as integer) as record_count,
    cast(records.source_count as integer) as source_count,
    cast(coalesce(identifiers.identifier_count, 0) as integer) as identifier_count,
    identifiers.first_seen_at,
    identifiers.last_seen_at,
    cast(loyalty.loyalty_points as bigint) as loyalty_points
from records
left join identifiers on records.customer_id = identifiers.customer_id
left join loyalty on records.customer_id = loyalty.customer_id
