{{ config(materialized='sliced', unique_key='record_key') }}

with

profiles as (

    select * from {{ sliced(
        ref('stg_klaviyo__profile_versions'),
        by=record_key('klaviyo', 'profile', 'profile_id')
    ) }}

),

latest_profiles as (

    select * from profiles
    where is_latest

),

events as (

    select * from {{ sliced(
        ref('stg_klaviyo__events'),
        by=record_key('klaviyo', 'profile', 'profile_id')
    ) }}

),

subscriptions as (

    select
        profile_id,
        'email' as channel,
        email as identifier_value,
        email_consent as consent,
        coalesce(email_consent_at, updated_at) as stated_at,
        country_code,
        source_row

    from profiles

    union all

    select
        profile_id,
        'sms' as channel,
        phone as identifier_value,
        sms_consent as consent,
        coalesce(sms_consent_at, updated_at) as stated_at,
        country_code,
        source_row

    from profiles

),

-- A profile that is exported again repeats what it said before. That holds for the
-- contact point of then: consent does not move to a new address by itself.
statements as (

    select
        concat_ws(
            ':', 'klaviyo:subscription', profile_id, channel, consent, stated_at
        ) as statement_id,
        profile_id,
        channel,
        min_by(identifier_value, source_row) as identifier_value,
        case consent when 'SUBSCRIBED' then 'granted' else 'revoked' end as status,
        stated_at,
        min_by(country_code, source_row) as country_code,
        'subscription of the profile' as evidence

    from subscriptions
    where consent in ('SUBSCRIBED', 'UNSUBSCRIBED')
    group by profile_id, channel, consent, stated_at

    union all

    -- The event comes at once, the changed profile only with its next export.
    select
        'klaviyo:event:' || events.event_id as statement_id,
        events.profile_id,
        'email' as channel,
        latest_profiles.email as identifier_value,
        case events.metric_name
            when 'Subscribed to List' then 'granted'
            else 'revoked'
        end as status,
        events.occurred_at as stated_at,
        latest_profiles.country_code,
        'event ' || events.metric_name as evidence

    from events
    inner join latest_profiles on events.profile_id = latest_profiles.profile_id
    where
        events.metric_name in (
            'Subscribed to List', 'Unsubscribed', 'Marked Email as Spam'
        )

)

select
    statement_id,
    {{ record_key('klaviyo', 'profile', 'profile_id') }} as record_key,
    case channel when 'email' then 'email' else 'phone' end as identifier_type,
    identifier_value,
    'marketing' as purpose,
    channel,
    status,
    'consent' as legal_basis,
    stated_at,
    country_code as jurisdiction,
    evidence,
    {{ unstated_columns('consents', ['expires_at']) }}
from statements
where identifier_value is not null
