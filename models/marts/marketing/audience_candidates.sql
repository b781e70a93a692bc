{#-
    Audiences are found in the graph when this runs, too late for dbt to see what they
    read. What they may read is named here, so that it is built before.
-#}
{%- set readable = [
    ref('core__as_of'),
    ref('customer_churn'),
    ref('customer_rfm'),
    ref('customer_traits'),
    ref('customer_value'),
    ref('customers'),
    ref('interactions'),
    ref('order_lines'),
    ref('orders'),
    ref('products'),
    ref('segment_members'),
    ref('sessions'),
    ref('survey_responses'),
    ref('tickets'),
] %}
{%- set audiences = audience_models() %}

with

found as (

    select
        cast(null as varchar) as audience_id,
        cast(null as varchar) as customer_id,
        cast(null as varchar) as purpose,
        cast(null as varchar) as channel,
        cast(null as integer) as contacts_allowed,
        cast(null as varchar) as control_below
    where false
    {%- for audience in audiences %}

    union all

    select distinct
        '{{ audience.name }}' as audience_id,
        customer_id,
        '{{ audience.purpose }}' as purpose,
        '{{ audience.channel }}' as channel,
        {{ audience.contacts or 'cast(null as integer)' }} as contacts_allowed,
        '{{ "%08x" % ((audience.control_share * 16 ** 8) | int) }}' as control_below
    from ({{ render(audience.query) }}) as members
    {%- endfor %}

),

contacted as (

    select
        cast(null as varchar) as audience_id,
        cast(null as varchar) as customer_id,
        cast(null as bigint) as contacts
    where false
    {%- for audience in audiences if audience.contacts %}

    union all

    select
        '{{ audience.name }}' as audience_id,
        sent.customer_id,
        count(*) as contacts
    from {{ ref('interactions') }} as sent
    cross join {{ ref('core__as_of') }} as cut_off
    where
        sent.interaction_type = 'received'
        and sent.channel = '{{ audience.channel }}'
        and sent.occurred_at > cut_off.as_of - interval '{{ audience.days }}' day
    group by sent.customer_id
    {%- endfor %}

),

answers as (

    select
        customer_id,
        channel,
        max(occurred_at) filter (
            where interaction_type in ('complained', 'unsubscribed')
        ) as declined_at,
        max(occurred_at) filter (where interaction_type = 'bounced') as bounced_at,
        max(occurred_at) filter (
            where interaction_type in ('opened', 'clicked')
        ) as reached_at
    from {{ ref('interactions') }}
    where
        interaction_type in (
            'complained', 'unsubscribed', 'bounced', 'opened', 'clicked'
        )
    group by customer_id, channel

)

select
    found.audience_id,
    found.customer_id,
    case
        when agreed.customer_id is null then 'no_consent'
        -- A source may be told of a complaint and not make a statement of it.
        when
            answers.declined_at is not null
            and coalesce(answers.declined_at > agreed.stated_at, true)
            then 'suppressed'
        when
            case
                when found.channel = 'email' then person.email is null
                when found.channel in ('sms', 'phone') then person.phone is null
                when found.channel = 'post'
                    then
                        person.street is null
                        or person.city is null
                        or person.country_code is null
                else coalesce(person.email, person.phone) is null
            end
            then 'unreachable'
        when
            answers.bounced_at is not null
            and coalesce(answers.bounced_at > answers.reached_at, true)
            then 'unreachable'
        when contacted.contacts >= found.contacts_allowed then 'capped'
        else 'member'
    end as standing,
    -- The same people in every build, and others in every audience.
    left({{ sha256_hex("found.audience_id || ':' || found.customer_id") }}, 8)
    < found.control_below as is_control
from found
inner join {{ ref('customers') }} as person
    on found.customer_id = person.customer_id
left join {{ ref('consents') }} as agreed
    on
        found.customer_id = agreed.customer_id
        and found.purpose = agreed.purpose
        and found.channel = agreed.channel
        and agreed.is_granted
left join answers
    on
        found.customer_id = answers.customer_id
        and found.channel = answers.channel
left join contacted
    on
        found.audience_id = contacted.audience_id
        and found.customer_id = contacted.customer_id
