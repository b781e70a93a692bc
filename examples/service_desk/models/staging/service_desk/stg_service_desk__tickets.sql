with

events as (

    select * from {{ ref('stg_service_desk__events') }}

),

first_replies as (

    select
        ticket_key,
        min(updated_at) as first_reply_at
    from events
    where incident_state <> 'New'
    group by ticket_key

),

-- An incident is what its last update says.
latest as (

    select * from events
    qualify row_number() over (
        partition by ticket_key
        order by update_number desc, updated_at desc, source_row desc
    ) = 1

)

select
    latest.ticket_key,
    latest.record_key,
    latest.agent_key,
    latest.opened_at,
    first_replies.first_reply_at,
    latest.resolved_at as solved_at,
    latest.reopened_count,
    case latest.incident_state
        when 'Closed' then 'closed'
        when 'Resolved' then 'solved'
        when 'New' then 'new'
        when 'Active' then 'open'
        else 'pending'
    end as status,
    lower(split_part(latest.priority, ' - ', 2)) as priority,
    case latest.contact_type
        when 'Phone' then 'phone'
        when 'IVR' then 'phone'
        when 'Email' then 'email'
        when 'Self service' then 'web'
        else 'other'
    end as channel,
    concat_ws(
        ', ', nullif(latest.category, '?'), nullif(latest.subcategory, '?')
    ) as subject,
    {{ customer360.unstated_columns('tickets', ['body', 'satisfaction']) }}
from latest
left join first_replies on latest.ticket_key = first_replies.ticket_key
