{{ config(materialized='sliced', unique_key='record_key') }}

with

people as (

    select * from {{ sliced(ref('stg_segment__events'), by='record_key') }}
    where user_id is not null and not is_bot
    qualify row_number() over (
        partition by user_id
        order by source_row
    ) = 1

),

contacts as (

    select * from {{ sliced(
        ref('stg_segment__identifies'),
        by=record_key('segment', 'user', 'user_id')
    ) }}
    qualify {{ is_change('user_id', ['email', 'phone']) }}

),

devices as (

    select * from {{ sliced(ref('stg_segment__events'), by='device_record_key') }}
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
