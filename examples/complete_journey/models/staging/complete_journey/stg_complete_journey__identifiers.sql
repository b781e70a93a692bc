with

households as (

    select
        record_key,
        'complete_journey' as source_system,
        'household' as entity,
        household_id as record_id,
        'loyalty_id' as identifier_type,
        'complete_journey' as namespace,
        household_id as identifier_value,
        true as is_verified,
        min(sold_at) as seen_at,
        min(source_row) as source_row

    from {{ ref('stg_complete_journey__transactions') }}
    group by record_key, household_id

)

select * from households
