{{ config(materialized='sliced', unique_key='record_key') }}

with

-- A card that was shown before its holder was on file is a record already.
cards as (

    select
        loyalty_id,
        sold_at,
        source_row

    from {{ sliced(ref('stg_pos__transactions'), by='record_key') }}
    where loyalty_id is not null
    qualify row_number() over (
        partition by loyalty_id
        order by source_row
    ) = 1

)

select * from (
    {{ identifier_feed(
        sliced(
            ref('stg_pos__member_versions'),
            by=record_key('pos', 'member', 'loyalty_id')
        ),
        system='pos',
        entity='member',
        record_id='loyalty_id',
        seen_at='coalesce(updated_at, joined_at)',
        identifiers=[
            {'type': 'loyalty_id', 'column': 'loyalty_id', 'namespace': 'pos'},
            {'type': 'email', 'column': 'email'},
            {'type': 'phone', 'column': 'phone'},
            {'type': 'user_id', 'column': 'app_user_id', 'namespace': 'shopify'},
        ],
    ) | indent(4) }}
)

union all

select * from (
    {{ identifier_feed(
        'cards',
        system='pos',
        entity='member',
        record_id='loyalty_id',
        seen_at='sold_at',
        identifiers=[
            {'type': 'loyalty_id', 'column': 'loyalty_id', 'namespace': 'pos'},
        ],
    ) | indent(4) }}
)
