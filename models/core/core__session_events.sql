{{ config(
    materialized='sliced',
    unique_key='coalesce(device_record_key, record_key)',
) }}

with

events as (

    select
        interaction_id,
        coalesce(device_record_key, record_key) as visitor_key,
        device_record_key,
        record_key,
        occurred_at,
        channel,
        interaction_type,
        subject,
        product_key,
        order_key,
        campaign_key,
        url,
        referrer,
        utm_source,
        utm_medium,
        utm_campaign,
        click_id

    from {{ sliced(
        ref('core__interactions'), by='coalesce(device_record_key, record_key)'
    ) }}
    where
        channel in ('web', 'app')
        and direction = 'inbound'
        and occurred_at is not null
        -- Without a device, other things done online (a survey answered) are no visit.
        and (
            device_record_key is not null
            or (
                record_key is not null
                and interaction_type in ('page_viewed', 'screen_viewed')
            )
        )

),

followed as (

    select
        *,
        lag(occurred_at) over (
            partition by visitor_key
            order by occurred_at, interaction_id
        ) as previous_occurred_at,
        {{ last_known(
            'record_key', 'visitor_key', 'occurred_at, interaction_id'
        ) }} as previous_record_key

    from events

),

-- Silence ends a session, midnight does not; nor do two people share one.
marked as (

    select
        *,
        previous_occurred_at is null
        or previous_occurred_at
        < occurred_at - interval '{{ var("session_timeout_minutes") }}' minute
        or coalesce(record_key <> previous_record_key, false) as is_start

    from followed

),

numbered as (

    select
        *,
        sum(case when is_start then 1 else 0 end) over (
            partition by visitor_key
            order by occurred_at, interaction_id
            rows between unbounded preceding and current row
        ) as session_number

    from marked

),

placed as (

    select
        *,
        first_value(interaction_id) over (
            partition by visitor_key, session_number
            order by occurred_at, interaction_id
        ) as first_interaction_id,
        row_number() over (
            partition by visitor_key, session_number
            order by occurred_at, interaction_id
        ) as event_number

    from numbered

)

select
    interaction_id,
    {{ dbt.hash("visitor_key || '|' || first_interaction_id") }} as session_id,
    cast(event_number as integer) as event_number,
    device_record_key,
    record_key,
    occurred_at,
    channel,
    interaction_type,
    subject,
    product_key,
    order_key,
    campaign_key,
    url,
    referrer,
    utm_source,
    utm_medium,
    utm_campaign,
    click_id

from placed
