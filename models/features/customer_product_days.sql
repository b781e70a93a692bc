{{ config(materialized='sliced', unique_key='customer_id') }}

with

cut_off as (

    select as_of from {{ ref('core__as_of') }}

),

acts as (

    select
        lines.customer_id,
        lines.product_key,
        lines.ordered_at as happened_at,
        'purchase' as kind
    from {{ with_customer(
        ref('core__line_values'),
        at='ordered_at',
        by='customer_id',
        until=['ordered_at']
    ) }} as lines
    where lines.is_sale

    union all

    select
        interactions.customer_id,
        products.product_key,
        interactions.occurred_at as happened_at,
        case
            when interactions.interaction_type = 'product_added' then 'cart'
            else 'view'
        end as kind
    from {{ with_customer(
        ref('core__interactions'),
        at='occurred_at',
        device='device_record_key',
        by='customer_id',
        until=['occurred_at'],
        reached_by=[(ref('core__product_keys'), 'source_product_key', 'product_key')]
    ) }} as interactions
    inner join {{ ref('core__product_keys') }} as products
        on interactions.product_key = products.source_product_key
    where interactions.interaction_type in ('product_added', 'product_viewed')

)

select
    acts.customer_id,
    acts.product_key,
    cast(acts.happened_at as date) as active_on,
    cast(count(case when acts.kind = 'purchase' then 1 end) as integer) as purchases,
    cast(count(case when acts.kind = 'cart' then 1 end) as integer) as carts,
    cast(count(case when acts.kind = 'view' then 1 end) as integer) as views
from acts
inner join cut_off on acts.happened_at <= cut_off.as_of
inner join {{ sliced(ref('usable_customers'), by='customer_id') }} as identified
    on acts.customer_id = identified.customer_id
where acts.product_key is not null
group by acts.customer_id, acts.product_key, active_on
