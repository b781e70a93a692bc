{{ config(materialized='sliced', unique_key='record_key') }}

with

customers as (

    select
        {{ record_key('shopify', 'customer', 'customer_id') }} as record_key,
        coalesce(updated_at, created_at) as as_of,
        {{ split_rows('tags', ',') }} as tag

    from {{ sliced(
        ref('stg_shopify__customer_versions'),
        by=record_key('shopify', 'customer', 'customer_id')
    ) }}
    where is_latest

)

select
    record_key,
    'tag' as name,
    tag as value,
    max(as_of) as as_of
from customers
where tag <> ''
group by record_key, tag
