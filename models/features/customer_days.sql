{{ config(materialized='sliced', unique_key='customer_id') }}

with

cut_off as (

    select as_of from {{ ref('core__as_of') }}

),

identified as (

    select customer_id
    from {{ sliced(ref('usable_customers'), by='customer_id') }}

),

orders as (

    select *
    from {{ with_customer(
        ref('core__order_values'),
        at='ordered_at',
        by='customer_id',
        until=['ordered_at', 'cancelled_at'],
        reached_by=[(ref('core__refunds'), 'order_key', 'order_key', {
            'until': (ref('core__as_of'), 'as_of', ['refunded_at']),
        })]
    ) }} as orders

),

acts as (

    select
        customer_id,
        occurred_at as happened_at,
        case
            when interaction_type = 'logged_in' then 'logins'
            when interaction_type = 'product_added' then 'products_added'
            when
                interaction_type
                in ('product_viewed', 'page_viewed', 'screen_viewed', 'searched')
                then 'views'
            when interaction_type = 'store_visited' then 'store_visits'
            when interaction_type in ('ticket_opened', 'complained') then 'complaints'
            when interaction_type = 'unsubscribed' then 'unsubscribes'
            when channel = 'email' and interaction_type = 'received' then 'emails'
            when channel = 'email' and interaction_type = 'opened' then 'opens'
            when channel = 'email' and interaction_type = 'clicked' then 'clicks'
        end as kind,
        0 as amount
    from {{ with_customer(
        ref('core__interactions'),
        at='occurred_at',
        device='device_record_key',
        by='customer_id',
        until=['occurred_at']
    ) }} as interactions

    union all

    select
        customer_id,
        ordered_at as happened_at,
        'orders' as kind,
        net_reporting as amount
    from orders

    union all

    -- Sales are what orders turned out to be: for what is to be forecast alone.
    select
        customer_id,
        ordered_at as happened_at,
        'sales' as kind,
        revenue_reporting as amount
    from orders
    where is_sale

    union all

    select
        customer_id,
        coalesce(cancelled_at, ordered_at) as happened_at,
        'cancellations' as kind,
        net_reporting as amount
    from orders
    where not is_sale

    union all

    select
        orders.customer_id,
        refunds.refunded_at as happened_at,
        'refunds' as kind,
        {{ to_reporting('refunds.amount') }} as amount
    from {{ ref('core__refunds') }} as refunds
    inner join orders on refunds.order_key = orders.order_key
    left join {{ ref('core__fx_rates') }} as fx
        on {{ fx_at('refunds.currency', 'orders.ordered_at') }}
    where {{ is_given_back('refunds.status') }}

    union all

    select
        customer_id,
        answered_at as happened_at,
        'low_ratings' as kind,
        0 as amount
    from {{ with_customer(
        ref('core__survey_responses'),
        at='answered_at',
        by='customer_id',
        until=['answered_at']
    ) }} as responses
    where 2 * (score - scale_min) < scale_max - scale_min

)

select
    acts.customer_id,
    cast(acts.happened_at as date) as active_on,
    {%- for kind in ['orders', 'sales', 'refunds'] %}
    cast(sum(case when kind = '{{ kind }}' then amount else 0 end) as decimal(18, 2))
        as {{ kind }}_reporting,
    {%- endfor %}
    {%- for kind in [
        'orders', 'sales', 'cancellations', 'refunds', 'views', 'products_added',
        'logins', 'store_visits', 'emails', 'opens', 'clicks', 'unsubscribes',
        'complaints',
    ] %}
    cast(count(case when kind = '{{ kind }}' then 1 end) as integer) as {{ kind }},
    {%- endfor %}
    cast(count(case when kind = 'low_ratings' then 1 end) as integer) as low_ratings
from acts
inner join cut_off on acts.happened_at <= cut_off.as_of
inner join identified on acts.customer_id = identified.customer_id
where acts.kind is not null
group by acts.customer_id, active_on
