with

asked as (

    select *
    from {{ source('ops', 'consent_withdrawals') }}

),

identifiers as (

    select *
    from {{ with_customer(ref('identity_identifiers'), at='first_seen_at') }}
        as identifiers

),

-- Whoever an identifier names has withdrawn: nobody is asked which of them it was.
named as (

    select
        customer_id as identifier,
        current_customer_id as customer_id
    from {{ ref('identity_aliases') }}
    union
    select
        record_key as identifier,
        customer_id
    from {{ ref('identity_map') }}
    union
    select
        identifier_value as identifier,
        customer_id
    from identifiers

),

refused as (

    select
        named.customer_id,
        asked.purpose,
        asked.channel,
        asked.withdrawn_at,
        cast(null as timestamp) as restricted_at
    from asked
    inner join named on asked.identifier = named.identifier
    where named.customer_id is not null

    union all

    select
        customer_id,
        cast(null as varchar) as purpose,
        cast(null as varchar) as channel,
        cast(null as timestamp) as withdrawn_at,
        restricted_at
    from {{ ref('restricted_customers') }}

),

purposes as (

    select purpose from {{ ref('core__consents') }}
    union
    select purpose from asked
    union
    select 'marketing' as purpose
    union
    select 'profiling' as purpose

)

select
    refused.customer_id,
    purposes.purpose,
    channels.channel,
    max(refused.withdrawn_at) as withdrawn_at,
    min(refused.restricted_at) as restricted_at
from refused
inner join purposes
    on purposes.purpose = coalesce(refused.purpose, purposes.purpose)
inner join (
    values ('email'), ('sms'), ('phone'), ('post'), ('ads')
) as channels (channel)
    on channels.channel = coalesce(refused.channel, channels.channel)
group by refused.customer_id, purposes.purpose, channels.channel
