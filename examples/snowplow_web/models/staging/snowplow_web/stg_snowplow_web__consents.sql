with

-- The events come as a list of one.
stated as (

    select
        event_id,
        coalesce(record_key, device_record_key) as record_key,
        domain_userid,
        occurred_at,
        {{ customer360.json_text('answer', '0.event_type') }} as event_type,
        {{ customer360.json_text('answer', '0.consent_scopes') }} as scopes,
        {{ customer360.json_text('answer', '0.consent_version') }} as consent_version,
        {{ customer360.json_text('answer', '0.consent_url') }} as consent_url
    from {{ ref('stg_snowplow_web__events') }}
    where event_name = 'consent_preferences' and domain_userid is not null

),

-- What is necessary needs no consent.
purposes as (

    select
        asked.scope,
        asked.purpose
    from (
        values
        ('statistics', 'analytics'),
        ('preferences', 'profiling'),
        ('marketing', 'marketing')
    ) as asked (scope, purpose)

)

-- A banner asks about all purposes at once: what was not allowed was denied.
select
    'snowplow_web:consent:' || stated.event_id || ':' || purposes.purpose
        as statement_id,
    stated.record_key,
    'anonymous_id' as identifier_type,
    stated.domain_userid as identifier_value,
    purposes.purpose,
    'all' as channel,
    case
        when stated.event_type = 'withdrawn' then 'revoked'
        when stated.event_type = 'pending' then 'pending'
        when contains(stated.scopes, '"' || purposes.scope || '"') then 'granted'
        else 'denied'
    end as status,
    'consent' as legal_basis,
    stated.occurred_at as stated_at,
    'version ' || stated.consent_version || ' at ' || stated.consent_url as evidence,
    {{ customer360.unstated_columns('consents', ['expires_at', 'jurisdiction']) }}
from stated
cross join purposes
