{{ config(materialized='sliced', unique_key='order_key') }}

with

orders as (

    select * from {{ sliced(ref('stg_shopify__order_records'), by='order_key') }}
    where not is_test

),

refunds as (

    select * from {{ sliced(ref('stg_shopify__refunds'), by='order_key') }}

),

placed as (

    select
        order_key || ':order_placed' as interaction_id,
        record_key,
        ordered_at as occurred_at,
        'inbound' as direction,
        channel,
        'order_placed' as interaction_type,
        'Order ' || order_number as subject,
        order_key,
        landing_site as url,
        referring_site as referrer,
        {{ url_parameter('landing_site', 'utm_source') }} as utm_source,
        {{ url_parameter('landing_site', 'utm_medium') }} as utm_medium,
        {{ url_parameter('landing_site', 'utm_campaign') }} as utm_campaign,
        {{ click_id('landing_site') }} as click_id,
        {{ json_object({'total': 'total_price', 'currency': 'currency'}) }}
            as attributes

    from orders

),

refunded as (

    select
        refunds.refund_key || ':order_refunded' as interaction_id,
        orders.record_key,
        refunds.refunded_at as occurred_at,
        'outbound' as direction,
        orders.channel,
        'order_refunded' as interaction_type,
        'Refund of order ' || orders.order_number as subject,
        refunds.order_key,
        cast(null as varchar) as url,
        cast(null as varchar) as referrer,
        cast(null as varchar) as utm_source,
        cast(null as varchar) as utm_medium,
        cast(null as varchar) as utm_campaign,
        cast(null as varchar) as click_id,
        {{ json_object({
            'amount': 'refunds.amount', 'currency': 'refunds.currency',
        }) }} as attributes

    from refunds
    inner join orders on refunds.order_key = orders.order_key

),

interactions as (

    select * from placed

    union all

    select * from refunded

)

select
    *,
    'shopify' as source_system,
    {{ unstated_columns('interactions', [
        'device_record_key', 'body', 'product_key', 'campaign_key', 'latitude',
        'longitude',
    ]) }}
from interactions
