with

people as (

    select * from {{ ref('stg_segment__events') }}
    where user_id is not null and not is_bot
    qualify row_number() over (
        partition by user_id
        order by source_row
    ) = 1

),

contacts as (

    select * from {{ ref('stg_segment__identifies') }}
    qualify {{ is_change('user_id', ['email', 'phone']) }}

),

devices as (

    select * from {{ ref('stg_segment__events') }}
    where anonymous_id is not null and not is_bot
    qualify row_number() over (
        partition by anonymous_id
        order by source_row
    ) = 1

)

select * from (
    {{ identifier_feed(
        'people',
        system='segment',
        entity='user',
        record_id='user_id',
        seen_at='occurred_at',
        identifiers=[
            {'type': 'user_id', 'column': 'user_id', 'namespace': 'shopify'},
        ],
    ) | indent(4) }}
)

union all

select * from (
    {{ identifier_feed(
        'contacts',
        system='segment',
        entity='user',
        record_id='user_id',
        seen_at='stated_at',
        identifiers=[
            {'type': 'email', 'column': 'email'},
            {'type': 'phone', 'column': 'phone'},
        ],
    ) | indent(4) }}
)

union all

select * from (
    {{ identifier_feed(
        'devices',
        system='segment',
        entity='anonymous',
        record_id='anonymous_id',
        seen_at='occurred_at',
        identifiers=[
            {
                'type': 'anonymous_id',
                'column': 'anonymous_id',
                'namespace': 'segment',
            },
        ],
    ) | indent(4) }}
)
