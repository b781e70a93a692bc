"""Zendesk: users, tickets and satisfaction ratings, newline-delimited JSON."""

from __future__ import annotations

import duckdb

from orchestration.universe.landing import Landing
from orchestration.universe.macros import data_file
from orchestration.universe.world import Drop

_USERS = """
with

shop as (

    select
        i,
        record_id as external_id
    from records
    where system = 'shopify' and copy = 0

),

users as (

    select
        record_id as id,
        given || ' ' || family as name,
        email,
        phone,
        'end-user' as role,
        if(copy = 0 and u(rid, 'external') < 0.45, external_id, null) as external_id,
        locale,
        time_zone,
        u(rid, 'verified') < 0.7 as verified,
        created_at,
        updated_at,
        if(is_employee, ['staff'], []) as tags
    from fresh_records
    left join shop using (i)
    where system = 'zendesk'

    union all

    select
        cast(360000000000 + a as varchar),
        ['Dana Whitfield', 'Marcus Oyelaran', 'Ingrid Solheim', 'Support Bot'][1 + a],
        'agent' || a || '@fjordline.example.com',
        null,
        if(a = 0, 'admin', 'agent'),
        null,
        'en-US',
        'Europe/London',
        true,
        timestamp '2022-01-10 08:00:00',
        timestamp '2025-01-10 08:00:00',
        []
    from range(4) as t (a)
    where {writes_agents}

)

select
    id,
    name,
    email,
    phone,
    role,
    external_id,
    cast(null as varchar) as organization_id,
    locale,
    time_zone,
    verified,
    false as suspended,
    iso(created_at) as created_at,
    iso(updated_at) as updated_at,
    cast(null as varchar) as notes,
    tags,
    cast('{{}}' as json) as user_fields
from users
order by created_at, id
"""

_TABLES = """
create table support_tickets as
select
    tickets.*,
    topics.subject,
    topics.body,
    topics.tag,
    records.record_id as requester_id,
    occurred_at + to_minutes(reply_minutes) as replied_at,
    occurred_at + to_minutes(solve_minutes) as solved_at,
    cast(360000000000 + ticket_no % 3 as varchar) as agent_id
from tickets
inner join read_csv('{topics}') as topics using (topic)
inner join records
    on tickets.i = records.i and records.system = 'zendesk' and records.copy = 0
where occurred_at < timestamp '{until}' and occurred_at >= records.created_at
"""

_TICKETS = """
with

states as (

    select
        *,
        solved_at < timestamp '{until}' as is_solved,
        replied_at < timestamp '{until}' as is_answered
    from support_tickets
    where occurred_at >= timestamp '{since}'
        or replied_at between timestamp '{since}' and timestamp '{until}'
        or solved_at between timestamp '{since}' and timestamp '{until}'

)

select
    ticket_id(ticket_no) as id,
    subject || if(order_no >= 0, ' #' || (1001 + order_no), '') as subject,
    body as description,
    case
        when is_solved and solved_at < timestamp '{until}' - interval 4 day
            then 'closed'
        when is_solved then 'solved'
        when is_answered then 'pending'
        else 'new'
    end as status,
    case
        when topic in (0, 1) then 'high'
        when topic in (2, 3) then 'normal'
        when topic = 8 then 'low'
        else 'normal'
    end as priority,
    if(topic < 4, 'problem', 'question') as type,
    {{
        'channel': case
            when u_channel < 0.5 then 'email'
            when u_channel < 0.75 then 'web'
            when u_channel < 0.9 then 'chat'
            else 'voice'
        end,
        'source': {{'rel': cast(null as varchar)}}
    }} as via,
    requester_id,
    agent_id as assignee_id,
    requester_id as submitter_id,
    cast(null as varchar) as organization_id,
    iso(occurred_at) as created_at,
    iso(greatest(
        occurred_at,
        if(is_answered, replied_at, occurred_at),
        if(is_solved, solved_at, occurred_at)
    )) as updated_at,
    [tag] as tags,
    {{
        'score': case
            when not is_solved then 'unoffered'
            when not is_rated then 'offered'
            when is_happy then 'good'
            else 'bad'
        end,
        'comment': if(
            is_solved and is_rated and not is_happy, 'Took far too long', null
        )
    }} as satisfaction_rating,
    {{
        'reopens': if(is_solved, reopens, 0),
        'replies': if(is_answered, 1 + reopens, 0),
        'reply_time_in_minutes': if(is_answered, {{
            'calendar': reply_minutes, 'business': (reply_minutes + 1) // 2
        }}, null),
        'full_resolution_time_in_minutes': if(is_solved, {{
            'calendar': solve_minutes, 'business': (solve_minutes + 1) // 2
        }}, null),
        'solved_at': if(is_solved, iso(solved_at), null)
    }} as metric_set,
    if(order_no >= 0,
        [{{'id': '360001', 'value': cast(1001 + order_no as varchar)}}], [])
        as custom_fields
from states
order by occurred_at, ticket_no
"""

_RATINGS = """
select
    cast(62000000 + ticket_no as varchar) as id,
    ticket_id(ticket_no) as ticket_id,
    requester_id,
    agent_id as assignee_id,
    if(is_happy, 'good', 'bad') as score,
    case
        when is_happy and u_text < 0.3 then 'Quick and friendly, thank you!'
        when not is_happy and u_text < 0.6 then 'Took far too long'
    end as comment,
    if(is_happy, null, 'The issue took too long to resolve') as reason,
    iso(solved_at + interval 1 hour) as created_at,
    iso(solved_at + interval 1 hour) as updated_at
from support_tickets
where is_rated
    and solved_at + interval 1 hour >= timestamp '{since}'
    and solved_at + interval 1 hour < timestamp '{until}'
order by solved_at, ticket_no
"""


def write_zendesk(con: duckdb.DuckDBPyConnection, landing: Landing, drop: Drop) -> None:
    """Write users, tickets and ratings that are new or changed."""
    window = {"since": drop.since, "until": drop.until}
    agents = landing.is_first and drop.day is None
    con.execute(_TABLES.format(topics=data_file("topics.csv"), **window))
    landing.jsonl(con, "zendesk", "users", _USERS.format(writes_agents=agents), "json")
    landing.jsonl(con, "zendesk", "tickets", _TICKETS.format(**window), "json")
    landing.jsonl(
        con, "zendesk", "satisfaction_ratings", _RATINGS.format(**window), "json"
    )
