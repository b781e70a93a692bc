{{ config(materialized='sliced', unique_key='record_key') }}

with

customers as (

    select * from {{ sliced(
        ref('stg_shopify__customer_versions'),
        by=record_key('shopify', 'customer', 'customer_id')
    ) }}

),

statements as (

    select
        customer_id,
        country_code,
        'email' as channel,
        email as identifier_value,
        email_consent_state as state,
        email_opt_in_level as opt_in_level,
        coalesce(email_consent_at, updated_at, created_at) as stated_at

    from customers

    union all

    select
        customer_id,
        country_code,
        'sms' as channel,
        phone as identifier_value,
        sms_consent_state as state,
        sms_opt_in_level as opt_in_level,
        coalesce(sms_consent_at, updated_at, created_at) as stated_at

    from customers

)

select
    concat_ws(
        ':', 'shopify:customer', customer_id, channel, state,
        cast(stated_at as varchar)
    ) as statement_id,
    {{ record_key('shopify', 'customer', 'customer_id') }} as record_key,
    case channel when 'email' then 'email' else 'phone' end as identifier_type,
    max(identifier_value) as identifier_value,
    'marketing' as purpose,
    channel,
    case state
        when 'subscribed' then 'granted'
        when 'unsubscribed' then 'revoked'
        else 'pending'
    end as status,
    'consent' as legal_basis,
    stated_at,
    max(country_code) as jurisdiction,
    'opt-in level ' || max(opt_in_level) as evidence,
    {{ unstated_columns('consents', ['expires_at']) }}
from statements
where state in ('subscribed', 'unsubscribed', 'pending')
group by customer_id, channel, state, stated_at
