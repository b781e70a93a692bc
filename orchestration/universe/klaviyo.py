"""Klaviyo: campaigns, profiles and e-mail events, as resource objects of its API."""

from __future__ import annotations

import duckdb

from orchestration.universe.landing import Landing
from orchestration.universe.world import Drop

_CAMPAIGNS = """
select
    'campaign' as type,
    mail_campaign_id(c) as id,
    {{
        'name': 'Newsletter ' || lpad(cast(c + 1 as varchar), 3, '0') || ': '
            || campaign_theme(c),
        'status': 'Sent',
        'archived': false,
        'audiences': {{'included': ['Y6nRLr'], 'excluded': ['UTd5ui']}},
        'send_options': {{'use_smart_sending': true}},
        'tracking_options': {{
            'is_add_utm': true,
            'utm_params': [
                {{'name': 'utm_medium', 'value': 'email'}},
                {{'name': 'utm_source', 'value': 'klaviyo'}},
                {{'name': 'utm_campaign', 'value': mail_campaign_utm(c)}}
            ]
        }},
        'created_at': iso(occurred_at - interval 4 day),
        'scheduled_at': iso(occurred_at - interval 1 day),
        'updated_at': iso(occurred_at + interval 1 hour),
        'send_time': iso(occurred_at),
        'channel': 'email'
    }} as attributes,
    {{'tags': {{'data': []}}}} as relationships,
    {{'self': 'https://a.klaviyo.com/api/campaigns/' || mail_campaign_id(c) || '/'}}
        as links
from mail_campaigns
where occurred_at < timestamp '{until}'
order by c
"""

_PROFILES = """
with

leavers as (

    select
        i,
        min(opened_at) as left_at
    from mails
    where is_unsubscribed and opened_at < timestamp '{until}'
    group by i

),

shop as (

    select
        i,
        record_id as external_id
    from records
    where system = 'shopify' and copy = 0

),

stated as (

    select
        fresh.*,
        external_id,
        left_at
    from (
        select * from fresh_records
        union
        select records.* from records
        inner join leavers on records.i = leavers.i
        where left_at >= timestamp '{since}'
    ) as fresh
    left join shop using (i)
    left join leavers using (i)
    where system = 'klaviyo'

)

select
    'profile' as type,
    record_id as id,
    {{
        'email': email,
        'phone_number': phone,
        'external_id': if(copy = 0 and u(rid, 'external') < 0.7, external_id, null),
        'first_name': given,
        'last_name': family,
        'organization': cast(null as varchar),
        'title': cast(null as varchar),
        'locale': locale,
        'created': iso(created_at),
        'updated': iso(greatest(updated_at, coalesce(left_at, updated_at))),
        'last_event_date': iso(updated_at),
        'location': {{
            'address1': street,
            'city': city,
            'region': region,
            'zip': postal_code,
            'country': country,
            'timezone': time_zone
        }},
        'properties': {{'Accepts Marketing': left_at is null}},
        'subscriptions': {{
            'email': {{'marketing': {{
                'can_receive_email_marketing': left_at is null,
                'consent': if(left_at is null, 'SUBSCRIBED', 'UNSUBSCRIBED'),
                'timestamp': iso(coalesce(left_at, created_at)),
                'suppression': if(left_at is null, [], [{{
                    'reason': 'UNSUBSCRIBED', 'timestamp': iso(left_at)
                }}])
            }}}},
            'sms': {{'marketing': {{
                'can_receive_sms_marketing': phone is not null and u(rid, 'sms') < 0.4,
                'consent': if(phone is not null and u(rid, 'sms') < 0.4, 'SUBSCRIBED',
                    'NEVER_SUBSCRIBED')
            }}}}
        }}
    }} as attributes,
    {{'lists': {{'links': {{'self': 'https://a.klaviyo.com/api/profiles/' || record_id
        || '/relationships/lists/'}}}}}} as relationships,
    {{'self': 'https://a.klaviyo.com/api/profiles/' || record_id || '/'}} as links
from stated
order by created_at, record_id
"""

_METRICS = """
create table metrics (name, metric_id) as
values ('Received Email', 'Rc3vEd'), ('Opened Email', 'Op3nEd'),
    ('Clicked Email', 'Cl1ckD'), ('Bounced Email', 'BoUnCd'),
    ('Marked Email as Spam', 'SpAmMd'), ('Unsubscribed', 'UnSuBd'),
    ('Subscribed to List', 'SuBsCd'), ('Assigned to Experiment', 'AsExPd');

create table campaign_texts as
with

campaigns as (

    select
        c as campaign,
        to_json({
            'Campaign Name': printf('Newsletter %03d', c + 1)
                || ': ' || campaign_theme(c),
            '$message': mail_campaign_id(c),
            'Subject': campaign_theme(c) || ' for you'
        }) as properties,
        to_json({
            'URL': 'https://shop.example.com/?utm_source=klaviyo&utm_medium=email'
                || '&utm_campaign=' || mail_campaign_utm(c)
        }) as clicked
    from mail_campaigns

)

select
    campaign,
    name as metric,
    cast(case name
        when 'Clicked Email' then json_merge_patch(properties, clicked)
        when 'Bounced Email' then json_merge_patch(properties, '{"Bounce Type":"Hard"}')
        else properties
    end as varchar) as event_properties
from campaigns
cross join metrics

union all

select
    -1,
    'Subscribed to List',
    '{"List":"Newsletter"}'

union all

select
    campaign,
    'Assigned to Experiment',
    cast(to_json({'Experiment': 'Summer voucher', 'Arm': arm}) as varchar)
from (values (990, 'control'), (991, 'voucher')) as arms (campaign, arm);
"""

_EVENTS = """
with

known as (

    select
        i,
        record_id,
        left(uuid_of(rid, 'event'), 24) as uuid_head,
        created_at
    from records
    where system = 'klaviyo' and copy = 0

),

happened as (

    select
        mails.*,
        unnest([
            {{'metric': if(is_bounced, 'Bounced Email', 'Received Email'), 'n': 0,
                'holds': true, 'at_time': occurred_at}},
            {{'metric': 'Opened Email', 'n': 1,
                'holds': is_opened, 'at_time': opened_at}},
            {{'metric': 'Clicked Email', 'n': 2,
                'holds': is_clicked, 'at_time': clicked_at}},
            {{'metric': 'Unsubscribed', 'n': 3,
                'holds': is_unsubscribed, 'at_time': clicked_at}},
            {{'metric': 'Marked Email as Spam', 'n': 4,
                'holds': is_complaint, 'at_time': clicked_at}}
        ]) as event
    from mails
    where occurred_at < timestamp '{until}'
        -- Opens come days after the sending, hardly ever weeks.
        and occurred_at >= timestamp '{since}' - interval 30 day

),

joined as (

    select
        known.* exclude (created_at),
        event.metric,
        event.at_time as occurred_at,
        event.n,
        campaign
    from happened
    inner join known using (i)
    where event.holds

    union all

    select
        known.* exclude (created_at),
        'Subscribed to List' as metric,
        created_at as occurred_at,
        5 as n,
        -1 as campaign
    from known

    union all

    -- No campaign has so high a number.
    select
        known.* exclude (created_at),
        'Assigned to Experiment' as metric,
        assigned_at as occurred_at,
        6 as n,
        990 + cast(is_treated as integer) as campaign
    from voucher
    inner join known using (i)

)

select
    'event' as type,
    '3' || to_base(((i + 1) * 1000 + campaign + 1) * 8 + n, 36, 10) as id,
    concat(
        '{{"timestamp":', cast(epoch(occurred_at) as bigint),
        ',"datetime":"', iso(occurred_at),
        '","uuid":"', uuid_head, lpad(to_base((campaign + 1) * 8 + n, 16), 12, '0'),
        '","metric_name":"', joined.metric,
        '","event_properties":', event_properties, '}}'
    ) as attributes,
    concat(
        '{{"profile":{{"data":{{"type":"profile","id":"', record_id,
        '"}}}},"metric":{{"data":{{"type":"metric","id":"', metric_id, '"}}}}}}'
    ) as relationships,
    '{{"self":"https://a.klaviyo.com/api/events/"}}' as links
from joined
inner join metrics on joined.metric = metrics.name
inner join campaign_texts using (campaign, metric)
where occurred_at >= timestamp '{since}' and occurred_at < timestamp '{until}'
"""


def write_klaviyo(con: duckdb.DuckDBPyConnection, landing: Landing, drop: Drop) -> None:
    """Write campaigns sent so far, profiles new or changed, events of this drop."""
    window = {"since": drop.since, "until": drop.until}
    con.execute(_METRICS)
    if landing.is_first:
        landing.jsonl(con, "klaviyo", "campaigns", _CAMPAIGNS.format(**window))
    landing.jsonl(con, "klaviyo", "profiles", _PROFILES.format(**window))
    landing.jsonl(
        con,
        "klaviyo",
        "events",
        _EVENTS.format(**window),
        json_text=("attributes", "relationships", "links"),
        filled=("id",),
    )
