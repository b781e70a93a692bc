"""What people say: survey answers and posts on social networks."""

from __future__ import annotations

import duckdb

from orchestration.universe.landing import Landing
from orchestration.universe.world import FUTURE_DAYS, Drop

_ANSWERS = """
create table survey_answers as
with

said as (

    select
        answers.*,
        own_language as language,
        case
            when kind = 0 then score / 10.0
            when kind = 1 then (score - 1) / 4.0
            else (score - 1) / 6.0
        end as mood,
        email,
        shop_id
    from answers
    inner join (select i, email, locale as own_language from people) as people using (i)
    left join (
        select i, record_id as shop_id from records
        where system = 'shopify' and copy = 0
    ) as shop using (i)
    where answered_at < timestamp '{until}'

)

select
    *,
    -- Links in mails carry the customer id; kiosk surveys ask for an address.
    if(u_identity < 0.75 or shop_id is null, email, null) as respondent_email,
    if(u_identity > 0.45, shop_id, null) as respondent_id
from said
"""

_RESPONSES = """
select
    'R' || cast(300000 + answer_no as varchar) as response_id,
    ['Order experience', 'Support satisfaction', 'Support effort'][1 + kind]
        as survey_name,
    ['nps', 'csat', 'ces'][1 + kind] as survey_type,
    score,
    [0, 1, 1][1 + kind] as scale_min,
    [10, 5, 7][1 + kind] as scale_max,
    case
        when u_text > 0.35 then null
        when mood >= 0.85 then pick(['Love it, will buy again', 'Fast delivery!',
            'Great quality, thanks', 'Sehr zufrieden', 'Très satisfait',
            'Todo perfecto', '最高です'], u_text / 0.35)
        when mood >= 0.55 then pick(['It was fine', 'Okay, a bit slow',
            'Good, but shipping is expensive', 'Ganz gut'], u_text / 0.35)
        else pick(['Arrived broken, very disappointed', 'Terrible service',
            'Late again, never more', 'Schlechte Qualität', 'Muy mala experiencia'],
            u_text / 0.35)
    end as comment,
    split_part(language, '-', 1) as language,
    respondent_email,
    respondent_id,
    if(order_no >= 0, cast(1001 + order_no as varchar), null) as order_number,
    if(ticket_no >= 0, ticket_id(ticket_no), null) as ticket_id,
    if(kind = 0, 'email', if(u_identity < 0.5, 'web', 'email')) as channel,
    sent_at,
    answered_at
from survey_answers
where answered_at >= timestamp '{since}'
order by answered_at, response_id
"""

_SOCIAL_POSTS = """
create table social_posts as
with

authors as (

    select
        i,
        pick(['instagram', 'x', 'facebook', 'tiktok'], u(i, 'network')) as network,
        ascii(given_latin) || '_' || ascii(family_latin) || i as handle,
        given || ' ' || family as name,
        email,
        city,
        split_part(locale, '-', 1) as lang,
        joined_at,
        unnest(range(cast(1 + floor(6 * u(i, 'posts')) as integer))) as n
    from people
    where u(i, 'social') < 0.03

),

dated as (

    select
        *,
        concat(i, '/', n) as post,
        moment(
            greatest(joined_at, timestamp '{start}'),
            u(concat(i, '/', n), 'posted') * {span}
        ) as posted_at
    from authors

)

select *
from dated
where posted_at < timestamp '{until}'
"""

_POSTS = """
select
    cast(1800000000000 + i * 10 + n as varchar) as id,
    network,
    {{
        'handle': if(u(post, 'case') < 0.1, upper(handle), handle),
        'name': name,
        'followers': cast(floor(20 * exp(7 * u(i, 'followers'))) as integer),
        'verified': u(i, 'blue') < 0.02,
        'bio': 'Living in ' || city,
        'location': city,
        'email': if(u(i, 'public email') < 0.12, email, null)
    }} as author,
    pick(['post', 'mention', 'mention', 'comment', 'review'], u(post, 'kind')) as kind,
    case
        when u(post, 'mood') < 0.55 then pick([
            'Loving my new ' || title || ' from @fjordline!',
            'Best ' || lower(category) || ' shop ever, thank you @fjordline',
            'The ' || title || ' is great quality'], u(post, 'text'))
        when u(post, 'mood') < 0.75 then 'Just ordered a ' || title || ' @fjordline'
        else pick([
            'My ' || title || ' arrived broken. Awful service @fjordline',
            '@fjordline where is my order? Two weeks late. Never again.',
            'Disappointed with the ' || title || ', poor quality'], u(post, 'text'))
    end as text,
    lang,
    iso(posted_at) as created_at,
    'https://' || network || '.example.com/p/' || (i * 10 + n) as permalink,
    cast(null as varchar) as in_reply_to,
    cast(floor(exp(6 * u(post, 'likes') ** 2)) as integer) as likes,
    cast(floor(exp(4 * u(post, 'shares') ** 3)) - 1 as integer) as shares,
    ['fjordline', lower(category)] as hashtags,
    if(u(post, 'tagged') < 0.4, sku, null) as product_sku
from social_posts
inner join products on products.product = nth(240, u(post, 'product'))
where posted_at >= timestamp '{since}'
order by posted_at, id
"""


def write_feedback(
    con: duckdb.DuckDBPyConnection, landing: Landing, drop: Drop
) -> None:
    """Write survey responses and social posts of this drop."""
    window = {"since": drop.since, "until": drop.until}
    con.execute(_ANSWERS.format(**window))
    landing.csv(con, "surveys", "responses", _RESPONSES.format(**window))
    # Posts run as far past the end as the world does.
    span = {"start": drop.world.start, "span": drop.world.days + FUTURE_DAYS}
    con.execute(_SOCIAL_POSTS.format(**span, **window))
    landing.jsonl(con, "social", "posts", _POSTS.format(**window))
