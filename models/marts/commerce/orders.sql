with

orders as (

    select * from {{ with_customer(ref('core__order_values'), at='ordered_at') }}

)

select
    order_key,
    order_number,
    customer_id,
    is_excluded,
    record_key,
    source_system,
    store_key,
    campaign_key,

    ordered_at,
    cancelled_at,
    status,
    channel,
    is_sale,
    case
        when is_sale and customer_id is not null
            then cast(row_number() over (
                partition by customer_id, is_sale
                order by ordered_at, order_key
            ) as integer)
    end as customer_order_number,
    cast(line_count as integer) as line_count,
    cast(item_quantity as decimal(18, 3)) as item_quantity,

    currency,
    gross,
    discount,
    tax,
    shipping,
    net,
    refunded,
    net_reporting,
    refunded_reporting,
    revenue_reporting
from orders
