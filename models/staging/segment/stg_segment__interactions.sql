{{ config(materialized='sliced', unique_key='interaction_id') }}

with

events as (

    select
        *,
        {{ json_fields('properties', [
            'variant', 'variant_id', 'name', 'query', 'order_id',
        ]) }} as property

    from {{ sliced(
        ref('stg_segment__events'), by="'segment:event:' || message_id"
    ) }}
    where
        call_type in ('page', 'screen', 'track')
        and not is_bot

)

select
    'segment:event:' || message_id as interaction_id,
    record_key,
    device_record_key,
    'segment' as source_system,
    occurred_at,
    'inbound' as direction,
    channel,
    case
        when call_type = 'page' then 'page_viewed'
        when call_type = 'screen' then 'screen_viewed'
        when event_name = 'Product Viewed' then 'product_viewed'
        when event_name = 'Product Added' then 'product_added'
        when event_name = 'Product Removed' then 'product_removed'
        when event_name = 'Cart Viewed' then 'cart_viewed'
        when event_name = 'Checkout Started' then 'checkout_started'
        when event_name = 'Products Searched' then 'searched'
        when event_name = 'Signed Up' then 'signed_up'
        when event_name = 'Signed In' then 'logged_in'
        when event_name = 'Signed Out' then 'logged_out'
        else 'other'
    end as interaction_type,
    case
        when call_type = 'track'
            then coalesce(property.query, property.name, event_name)
        else page_name
    end as subject,
    'shopify:product:' || coalesce(property.variant_id, property.variant)
        as product_key,
    -- Other calls name the order that may come of them: a checkout that was begun, a
    -- coupon, a payment that was entered.
    case
        when event_name = 'Order Completed' then 'shopify:order:' || property.order_id
    end as order_key,
    url,
    referrer,
    utm_source,
    utm_medium,
    utm_campaign,
    {{ click_id('url') }} as click_id,
    properties as attributes,
    {{ unstated_columns('interactions', [
        'body', 'campaign_key', 'latitude', 'longitude',
    ]) }}
from events
