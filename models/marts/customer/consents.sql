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

refusals as (

    select * from {{ ref('direct_refusals') }}

),

-- What was withdrawn from us directly overrides what had been stated before.
withdrawn as (

    select
        spread.*,
        case
            when coalesce(spread.stated_at <= refusals.withdrawn_at, true)
                then refusals.withdrawn_at
        end as withdrawn_at
    from spread
    left join refusals
        on
            spread.customer_id = refusals.customer_id
            and spread.purpose = refusals.purpose
            and spread.channel = refusals.channel

),

-- The latest statement of a contact point holds; of two at once, the refusal.
latest as (

    select
        statements.*,
        case
            when statements.withdrawn_at is not null then 'refused'
            when statements.status in ('denied', 'revoked') then 'refused'
            when statements.status <> 'granted' then 'pending'
            when statements.expires_at <= cut_off.as_of then 'expired'
            else 'granted'
        end as standing
    from withdrawn as statements
    cross join {{ ref('core__as_of') }} as cut_off
    qualify row_number() over (
        partition by
            statements.customer_id,
            statements.purpose,
            statements.channel,
            statements.contact_type,
            statements.contact_point
        order by
            statements.stated_at desc nulls last,
            statements.status in ('denied', 'revoked') desc,
            statements.statement_id desc
    ) = 1

),

-- Across the contact points of a customer a refusal wins over any grant.
decided as (

    select
        *,
        coalesce(withdrawn_at, stated_at) as held_since,
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
            coalesce(withdrawn_at, stated_at) desc nulls last,
            statement_id desc
    ) = 1

),

restricted as (

    select * from refusals
    where restricted_at is not null

)

-- Whose data is restricted has a row for everything, whatever was stated.
select
    coalesce(restricted.customer_id, decided.customer_id) as customer_id,
    coalesce(restricted.purpose, decided.purpose) as purpose,
    coalesce(restricted.channel, decided.channel) as channel,
    restricted.customer_id is null and decided.standing = 'granted' as is_granted,
    case when restricted.customer_id is null then decided.standing else 'restricted' end
        as standing,
    decided.legal_basis,
    coalesce(restricted.restricted_at, decided.held_since) as stated_at,
    decided.expires_at,
    decided.jurisdiction,
    coalesce(decided.statement_id, 'restriction:' || restricted.customer_id)
        as statement_id,
    cast(coalesce(decided.contact_point_count, 0) as integer) as contact_point_count
from decided
full join restricted
    on
        decided.customer_id = restricted.customer_id
        and decided.purpose = restricted.purpose
        and decided.channel = restricted.channel
