{{ config(materialized='sliced', unique_key='touch_id') }}

with

clicks as (

    select
        'click:' || clicks.interaction_id as touch_id,
        clicks.record_key,
        clicks.device_record_key,
        clicks.occurred_at as touched_at,
        coalesce(clicks.campaign_key, tags.campaign_key) as campaign_key,
        clicks.channel as medium
    from {{ sliced(
        ref('core__interactions'),
        by="'click:' || interaction_id",
        reached_by=[
            (ref('core__campaign_keys'), 'utm_campaign', 'lower(utm_campaign)'),
        ]
    ) }} as clicks
    left join {{ ref('core__campaign_keys') }} as tags
        on lower(clicks.utm_campaign) = tags.utm_campaign
    where clicks.direction = 'inbound' and clicks.interaction_type = 'clicked'

),

visits as (

    select
        'visit:' || session_id as touch_id,
        record_key,
        device_record_key,
        started_at as touched_at,
        campaign_key,
        case
            when utm_medium is not null then lower(utm_medium)
            when referrer is null then 'direct'
            -- Pages of one's own site refer to each other after a pause.
            when {{ url_host('referrer') }} = {{ url_host('entry_url') }} then 'direct'
            else 'referral'
        end as medium
    from {{ sliced(ref('core__sessions'), by="'visit:' || session_id") }}

),

-- The link that an order came by tells of a visit that no tracker saw.
links as (

    select
        'order:' || order_key as touch_id,
        record_key,
        cast(null as varchar) as device_record_key,
        ordered_at as touched_at,
        campaign_key,
        channel as medium
    from {{ sliced(ref('core__order_values'), by="'order:' || order_key") }}
    where campaign_key is not null

)

select * from clicks
where touched_at is not null

union all

select * from visits

union all

select * from links
where touched_at is not null
