with

baskets as (

    select
        order_key,
        basket_id as order_number,
        record_key,
        'complete_journey' as source_system,
        sold_at as ordered_at,
        'fulfilled' as status,
        'store' as channel,
        store_key,
        'USD' as currency,
        sum(sales_value + discount) as gross,
        sum(discount) as discount,
        -- The data set states no tax, and a till ships nothing.
        0 as tax,
        0 as shipping,
        sum(sales_value) as net,
        {{ customer360.unstated_columns('orders', [
            'cancelled_at', 'campaign_key',
        ]) }}

    from {{ ref('stg_complete_journey__transactions') }}
    group by order_key, basket_id, record_key, sold_at, store_key

)

select * from baskets
