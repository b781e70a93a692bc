{{ config(materialized='sliced', unique_key='message_id') }}

with

source as (

    select * from {{ raw_rows('segment', 'events', by='message_id') }}

),

extracted as (

    select
        *,
        {{ json_fields('context', {
            'userAgent': none,
            'locale': none,
            'timezone': none,
            'page': ['url', 'referrer', 'title'],
            'campaign': ['source', 'medium', 'name'],
            'location': ['country'],
        }) }} as circumstances

    from source

),

detailed as (

    select
        *,
        circumstances['userAgent'] as user_agent,
        circumstances.page,
        circumstances.campaign

    from extracted

)

select
    message_id,
    lower(type) as call_type,
    event as event_name,
    coalesce(name, page.title) as page_name,
    anonymous_id,
    user_id,
    previous_id,
    group_id,
    {{ record_key('segment', 'user', 'user_id') }} as record_key,
    {{ record_key('segment', 'anonymous', 'anonymous_id') }} as device_record_key,
    coalesce(timestamp, received_at) as occurred_at,
    received_at,
    case channel
        when 'browser' then 'web'
        when 'mobile' then 'app'
        else 'server'
    end as channel,
    circumstances.locale,
    circumstances.timezone as time_zone,
    circumstances.location.country as location_country,
    page.url,
    nullif(page.referrer, '') as referrer,
    campaign.source as utm_source,
    campaign.medium as utm_medium,
    campaign.name as utm_campaign,
    traits,
    properties,
    {{ is_bot('user_agent') }} as is_bot,
    source_row,
    _loaded_at
from detailed
