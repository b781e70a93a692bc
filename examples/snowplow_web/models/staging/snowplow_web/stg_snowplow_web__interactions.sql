select
    interaction_id,
    record_key,
    device_record_key,
    'snowplow_web' as source_system,
    occurred_at,
    'inbound' as direction,
    'web' as channel,
    case when is_page_view then 'page_viewed' else 'other' end as interaction_type,
    case when is_page_view then page_title else event_name end as subject,
    page_url as url,
    page_referrer as referrer,
    mkt_source as utm_source,
    mkt_medium as utm_medium,
    mkt_campaign as utm_campaign,
    mkt_clickid as click_id,
    {{ customer360.unstated_columns('interactions', [
        'body', 'product_key', 'order_key', 'campaign_key', 'latitude', 'longitude',
        'attributes',
    ]) }}
from {{ ref('stg_snowplow_web__events') }}
