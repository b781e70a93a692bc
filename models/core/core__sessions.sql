{{ config(materialized='sliced', unique_key='session_id') }}

{%- set entry = [
    'channel',
    'url',
    'referrer',
    'utm_source',
    'utm_medium',
    'utm_campaign',
    'click_id',
    'campaign_key',
] -%}

with

events as (

    select *
    from {{ sliced(
        ref('core__session_events'),
        by='session_id',
        reached_by=[
            (ref('core__campaign_keys'), 'utm_campaign', 'lower(utm_campaign)'),
        ]
    ) }}

),

campaigns as (

    select * from {{ ref('core__campaign_keys') }}

),

sessions as (

    select
        session_id,
        min(device_record_key) as device_record_key,
        min(record_key) as record_key,
        min(occurred_at) as started_at,
        max(occurred_at) as ended_at,
        {%- for column in entry %}
        max(case when event_number = 1 then {{ column }} end) as entry_{{ column }},
        {%- endfor %}
        count(*) as event_count,
        sum(
            case
                when interaction_type in ('page_viewed', 'screen_viewed') then 1
                else 0
            end
        ) as page_view_count,
        sum(
            case
                when
                    interaction_type in (
                        'page_viewed', 'screen_viewed', 'product_viewed'
                    )
                    then 0
                else 1
            end
        ) as action_count,
        bool_or(interaction_type = 'product_viewed') as has_product_view,
        bool_or(interaction_type = 'product_added') as has_cart,
        bool_or(interaction_type = 'checkout_started') as has_checkout,
        bool_or(order_key is not null) as has_order

    from events
    group by session_id

)

select
    sessions.session_id,
    sessions.device_record_key,
    sessions.record_key,
    sessions.started_at,
    sessions.ended_at,
    cast(
        {{ dbt.datediff('sessions.started_at', 'sessions.ended_at', 'second') }}
        as integer
    ) as duration_seconds,
    sessions.entry_channel as channel,
    sessions.entry_url,
    sessions.entry_referrer as referrer,
    sessions.entry_utm_source as utm_source,
    sessions.entry_utm_medium as utm_medium,
    sessions.entry_utm_campaign as utm_campaign,
    sessions.entry_click_id as click_id,
    coalesce(sessions.entry_campaign_key, campaigns.campaign_key) as campaign_key,
    cast(sessions.event_count as integer) as event_count,
    cast(sessions.page_view_count as integer) as page_view_count,
    sessions.page_view_count <= 1 and sessions.action_count = 0 as is_bounce,
    sessions.has_product_view,
    sessions.has_cart,
    sessions.has_checkout,
    sessions.has_order,
    (sessions.has_cart or sessions.has_checkout) and not sessions.has_order
        as is_cart_abandoned

from sessions
left join campaigns
    on lower(sessions.entry_utm_campaign) = campaigns.utm_campaign
