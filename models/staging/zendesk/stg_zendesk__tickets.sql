with

tickets as (

    select * from {{ ref('stg_zendesk__support_tickets') }}

),

staff as (

    select user_id from {{ ref('stg_zendesk__user_versions') }}
    where
        is_latest
        and role <> 'end-user'

)

select
    'zendesk:ticket:' || tickets.ticket_id as ticket_key,
    -- What staff ask each other has no customer.
    case
        when staff.user_id is null
            then {{ record_key('zendesk', 'user', 'tickets.requester_id') }}
    end as record_key,
    'zendesk:user:' || tickets.assignee_id as agent_key,
    tickets.opened_at,
    tickets.first_reply_at,
    tickets.solved_at,
    tickets.reopened_count,
    tickets.status,
    tickets.priority,
    tickets.channel,
    tickets.subject,
    tickets.body,
    tickets.satisfaction
from tickets
left join staff on tickets.requester_id = staff.user_id
