with

customers as (

    select
        record_key,
        'online_retail' as source_system,
        'customer' as entity,
        customer_id as record_id,
        'user_id' as identifier_type,
        'online_retail' as namespace,
        customer_id as identifier_value,
        true as is_verified,
        min(invoiced_at) as seen_at,
        min(source_row) as source_row

    from {{ ref('stg_online_retail__transactions') }}
    where customer_id is not null
    group by record_key, customer_id

)

select * from customers
