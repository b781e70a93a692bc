{{ config(materialized='sliced', unique_key='session_id') }}

select
    session_id,
    customer_id,
    is_excluded,
    record_key,
    device_record_key,

    started_at,
    ended_at,
    duration_seconds,
    channel,
    entry_url,
    referrer,
    utm_source,
    utm_medium,
    utm_campaign,
    click_id,
    campaign_key,

    event_count,
    page_view_count,
    is_bounce,
    has_product_view,
    has_cart,
    has_checkout,
    has_order,
    is_cart_abandoned
from {{ with_customer(
    ref('core__sessions'),
    at='started_at',
    device='device_record_key',
    by='session_id'
) }} as sessions
