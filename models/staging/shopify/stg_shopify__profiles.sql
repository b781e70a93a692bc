{{ config(materialized='sliced', unique_key='record_key') }}

{%- set stated = [
    'email', 'phone', 'street', 'city', 'region', 'postal_code', 'country_code', 'company',
] -%}
{%- set names = {'given_name': 'first_name', 'family_name': 'last_name'} -%}

with

customers as (

    {{ profile_feed(
        sliced(
            ref('stg_shopify__customer_versions'),
            by=record_key('shopify', 'customer', 'customer_id')
        ),
        system='shopify',
        entity='customer',
        record_id='customer_id',
        columns=stated + ['created_at', 'updated_at'],
        renamed=names,
    ) | indent(4) }}

),

guests as (

    {{ profile_feed(
        sliced(ref('stg_shopify__order_records'), by='record_key'),
        system='shopify',
        entity='guest',
        record_id='order_id',
        columns=stated,
        renamed=dict(names, created_at='ordered_at', updated_at='ordered_at'),
        where='customer_id is null and not is_test',
    ) | indent(4) }}

)

select * from customers

union all

select * from guests
