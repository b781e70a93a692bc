{{ config(materialized='sliced', unique_key='customer_id') }}

with

identifiers as (

    select
        identifiers.*,
        map.customer_id,
        split_part(identifiers.record_key, ':', 1) as source_system
    from {{ sliced(
        ref('identity_identifiers'),
        by='customer_id',
        through=(ref('identity_map'), 'record_key', 'record_key')
    ) }} as identifiers
    inner join {{ sliced(
        ref('identity_map'),
        by='customer_id',
        columns=['record_key', 'customer_id', 'is_identified', 'is_excluded']
    ) }} as map
        on identifiers.record_key = map.record_key
    where map.is_identified and not map.is_excluded

)

select
    customer_id,
    identifier_type,
    namespace,
    identifier_value,
    bool_or(is_verified) as is_verified,
    min(first_seen_at) as first_seen_at,
    max(last_seen_at) as last_seen_at,
    cast(count(distinct record_key) as integer) as record_count,
    cast(count(distinct source_system) as integer) as source_count,
    {{ joined_text('source_system') }} as source_systems
from identifiers
group by customer_id, identifier_type, namespace, identifier_value
