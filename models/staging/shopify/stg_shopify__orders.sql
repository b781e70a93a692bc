{{ config(materialized='sliced', unique_key='order_key') }}

with

records as (

    select * from {{ sliced(ref('stg_shopify__order_records'), by='order_key') }}
    where not is_test

),

shipping_lines as (

    select
        order_key,
        {{ json_rows('shipping_lines', ['price']) }} as shipping_line

    from records

),

shipping as (

    select
        order_key,
        sum({{ cast_raw('shipping_line.price', 'decimal(18, 2)') }}) as shipping

    from shipping_lines
    group by order_key

),

amounts as (

    select
        records.*,
        -- Where prices contain the tax, gross is what is left of them without it.
        total_line_items_price
        - case when has_taxes_in_prices then coalesce(total_tax, 0) else 0 end as gross,
        coalesce(total_discounts, 0) as discount,
        coalesce(total_tax, 0) as tax,
        coalesce(shipping.shipping, 0) as shipping

    from records
    left join shipping on records.order_key = shipping.order_key

)

select
    order_key,
    order_number,
    record_key,
    'shopify' as source_system,
    ordered_at,
    cancelled_at,
    case
        when cancelled_at is not null or financial_status = 'voided' then 'cancelled'
        when financial_status in ('refunded', 'partially_refunded')
            then financial_status
        when fulfillment_status = 'fulfilled' then 'fulfilled'
        when financial_status = 'paid' then 'paid'
        else 'placed'
    end as status,
    channel,
    currency,
    gross,
    discount,
    tax,
    shipping,
    gross - discount + tax + shipping as net,
    {{ unstated_columns('orders', ['store_key', 'campaign_key']) }}
from amounts
