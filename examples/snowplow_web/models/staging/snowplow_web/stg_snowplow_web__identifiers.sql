with

events as (

    select * from {{ ref('stg_snowplow_web__events') }}

),

users as (

    select
        user_id,
        min(occurred_at) as seen_at,
        min(source_row) as source_row
    from events
    where user_id is not null
    group by user_id

),

cookies as (

    select
        domain_userid,
        min(occurred_at) as seen_at,
        min(source_row) as source_row
    from events
    where domain_userid is not null
    group by domain_userid

)

select * from (
    {{ customer360.identifier_feed(
        'users',
        system='snowplow_web',
        entity='user',
        record_id='user_id',
        seen_at='seen_at',
        identifiers=[
            {'type': 'user_id', 'column': 'user_id', 'namespace': 'snowplow_web'},
        ],
    ) | indent(4) }}
)

union all

select * from (
    {{ customer360.identifier_feed(
        'cookies',
        system='snowplow_web',
        entity='cookie',
        record_id='domain_userid',
        seen_at='seen_at',
        identifiers=[
            {
                'type': 'anonymous_id',
                'column': 'domain_userid',
                'namespace': 'snowplow_web',
            },
        ],
    ) | indent(4) }}
)
