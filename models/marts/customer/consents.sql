with

statements as (

    select *
    from {{ with_customer(ref('core__consents'), at='stated_at') }} as statements
    where customer_id is not null

),

channels as (

    select channels.channel from (
        values ('email'), ('sms'), ('phone'), ('post'), ('ads')
    ) as channels (channel)

),

-- What is said of all channels is said of each.
spread as (

    select
        statements.customer_id,
        statements.purpose,
        channels.channel,
        coalesce(statements.identifier_type, 'record') as contact_type,
        coalesce(statements.identifier_value, statements.record_key) as contact_point,
        statements.statement_id,
        statements.status,
        statements.legal_basis,
        statements.stated_at,
        statements.expires_at,
        statements.jurisdiction
    from statements
    inner join channels
        on statements.channel in (channels.channel, 'all')

),

-- The latest statement of a contact point holds; of two at once, the refusal.
latest as (

    select
        spread.*,
        case
            when spread.status in ('denied', 'revoked') then 'refused'
            when spread.status <> 'granted' then 'pending'
            when spread.expires_at <= cut_off.as_of then 'expired'
            else 'granted'
        end as standing
    from spread
    cross join {{ ref('core__as_of') }} as cut_off
    qualify row_number() over (
        partition by
            spread.customer_id,
            spread.purpose,
            spread.channel,
            spread.contact_type,
            spread.contact_point
        order by
            spread.stated_at desc nulls last,
            spread.status in ('denied', 'revoked') desc,
            spread.statement_id desc
    ) = 1

),

-- Across the contact points of a customer a refusal wins over any grant.
decided as (

    select
        *,
        count(*) over (partition by customer_id, purpose, channel)
            as contact_point_count
    from latest
    qualify row_number() over (
        partition by customer_id, purpose, channel
        order by
            case standing
                when 'refused' then 1
                when 'granted' then 2
                when 'expired' then 3
                else 4
            end,
            stated_at desc nulls last,
            statement_id desc
    ) = 1

)

select
    customer_id,
    purpose,
    channel,
    standing = 'granted' as is_granted,
    standing,
    legal_basis,
    stated_at,
    expires_at,
    jurisdiction,
    statement_id,
    cast(contact_point_count as integer) as contact_point_count
from decided
