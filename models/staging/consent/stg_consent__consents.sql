with

statements as (

    select
        *,
        case
            when channel = 'email' then 'email'
            when channel in ('sms', 'phone') then 'phone'
        end as contact_type

    from {{ ref('stg_consent__statements') }}

),

-- A statement about a channel is one about the contact point of that channel; one about
-- all channels, or without that contact point, is about whatever names the person best.
pointed as (

    select
        *,
        case
            when contact_type = 'email' and email is not null then 'email'
            when contact_type = 'phone' and phone is not null then 'phone'
            when shop_customer_id is not null then 'user_id'
            when email is not null then 'email'
            when phone is not null then 'phone'
        end as identifier_type

    from statements

)

select
    'consent:statement:' || statement_id as statement_id,
    {{ record_key('consent', 'subject', 'subject_key') }} as record_key,
    identifier_type,
    case identifier_type
        when 'email' then email
        when 'phone' then phone
        when 'user_id' then shop_customer_id
    end as identifier_value,
    purpose,
    channel,
    status,
    legal_basis,
    stated_at,
    expires_at,
    jurisdiction,
    evidence
from pointed
