{{ config(materialized='sliced', unique_key='interaction_id') }}

with

events as (

    select *
    from {{ sliced(
        ref('stg_klaviyo__events'), by="'klaviyo:event:' || event_id"
    ) }}

)

select
    'klaviyo:event:' || event_id as interaction_id,
    {{ record_key('klaviyo', 'profile', 'profile_id') }} as record_key,
    'klaviyo' as source_system,
    occurred_at,
    case
        when metric_name in ('Received Email', 'Bounced Email') then 'outbound'
        else 'inbound'
    end as direction,
    'email' as channel,
    case metric_name
        when 'Received Email' then 'received'
        when 'Opened Email' then 'opened'
        when 'Clicked Email' then 'clicked'
        when 'Bounced Email' then 'bounced'
        when 'Marked Email as Spam' then 'complained'
        when 'Unsubscribed' then 'unsubscribed'
        when 'Subscribed to List' then 'subscribed'
        else 'other'
    end as interaction_type,
    subject,
    'klaviyo:campaign:' || campaign_id as campaign_key,
    url,
    {{ url_parameter('url', 'utm_source') }} as utm_source,
    {{ url_parameter('url', 'utm_medium') }} as utm_medium,
    {{ url_parameter('url', 'utm_campaign') }} as utm_campaign,
    properties as attributes,
    {{ unstated_columns('interactions', [
        'device_record_key', 'body', 'product_key', 'order_key', 'referrer', 'click_id',
        'latitude', 'longitude',
    ]) }}
from events
-- Nobody notices that an arm is drawn.
where metric_name is distinct from 'Assigned to Experiment'
