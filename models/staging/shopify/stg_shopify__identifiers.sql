{{ config(materialized='sliced', unique_key='record_key') }}

with

customers as (

    {{ identifier_feed(
        sliced(
            ref('stg_shopify__customer_versions'),
            by=record_key('shopify', 'customer', 'customer_id')
        ),
        system='shopify',
        entity='customer',
        record_id='customer_id',
        seen_at='coalesce(updated_at, created_at)',
        identifiers=[
            {'type': 'user_id', 'column': 'customer_id', 'namespace': 'shopify'},
            {'type': 'email', 'column': 'email', 'is_verified': 'is_email_verified'},
            {'type': 'phone', 'column': 'phone'},
        ],
    ) | indent(4) }}

),

guests as (

    {{ identifier_feed(
        sliced(ref('stg_shopify__order_records'), by='record_key'),
        system='shopify',
        entity='guest',
        record_id='order_id',
        seen_at='ordered_at',
        identifiers=[
            {'type': 'email', 'column': 'email'},
            {'type': 'phone', 'column': 'phone'},
        ],
        where='customer_id is null and not is_test',
    ) | indent(4) }}

)

select * from customers

union all

select * from guests
