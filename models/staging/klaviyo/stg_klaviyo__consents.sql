{{ config(materialized='sliced', unique_key='record_key') }}

with

profiles as (

    select * from {{ sliced(
        ref('stg_klaviyo__profile_versions'),
        by=record_key('klaviyo', 'profile', 'profile_id')
    ) }}

),

events as (

    select * from {{ sliced(
        ref('stg_klaviyo__events'),
        by=record_key('klaviyo', 'profile', 'profile_id')
    ) }}
    where
        metric_name in (
            'Subscribed to List', 'Unsubscribed', 'Marked Email as Spam'
        )

),

-- The profile as it was at the event; before its first export, as it was in that.
said as (

    select
        events.event_id,
        events.profile_id,
        events.metric_name,
        events.occurred_at,
        coalesce(
            max_by(profiles.email, profiles.source_row) filter (
                where profiles.updated_at <= events.occurred_at
            ),
            min_by(profiles.email, profiles.source_row)
        ) as email,
        max_by(profiles.country_code, profiles.source_row) as country_code
    from events
    inner join profiles on events.profile_id = profiles.profile_id
    group by
        events.event_id, events.profile_id, events.metric_name, events.occurred_at

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
        'klaviyo:event:' || event_id as statement_id,
        profile_id,
        'email' as channel,
        email as identifier_value,
        case metric_name when 'Subscribed to List' then 'granted' else 'revoked' end
            as status,
        occurred_at as stated_at,
        country_code,
        'event ' || metric_name as evidence

    from said

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
