with

callers as (

    select
        record_key,
        'service_desk' as source_system,
        'caller' as entity,
        caller_id as record_id,
        'user_id' as identifier_type,
        'service_desk' as namespace,
        caller_id as identifier_value,
        true as is_verified,
        min(opened_at) as seen_at,
        min(source_row) as source_row

    from {{ ref('stg_service_desk__events') }}
    where caller_id is not null
    group by record_key, caller_id

)

select * from callers
