{{ config(materialized='sliced', unique_key='subscription_key') }}

{%- set subscription_key = "'shopify:subscription:' || split_part(id, '/', -1)" %}

with

contracts as (

    select
        *,
        {{ subscription_key }} as subscription_key,
        {{ json_text('customer', 'legacyResourceId') }} as customer_id
    from {{ raw_rows('shopify', 'subscription_contracts', by=subscription_key) }}

),

lines as (

    select
        subscription_key,
        {{ json_rows(json_text('lines', 'nodes'), ['quantity', 'currentPrice']) }}
            as line
    from contracts

),

prices as (

    select
        subscription_key,
        sum(
            {{ cast_raw(json_text('line.currentPrice', 'amount'), 'decimal(18, 2)') }}
            * {{ cast_raw('line.quantity', 'integer') }}
        ) as amount
    from lines
    group by subscription_key

)

select
    contracts.subscription_key,
    {{ record_key('shopify', 'customer', 'contracts.customer_id') }} as record_key,
    contracts.created_at as started_at,
    -- A contract that is over is not changed any more.
    case
        when contracts.status in ('CANCELLED', 'EXPIRED') then contracts.updated_at
    end as ended_at,
    cast(prices.amount as decimal(18, 2)) as amount,
    contracts.currency_code as currency,
    lower(contracts.status) as status,
    {{ unstated_columns('subscriptions', ['reason']) }}
from contracts
left join prices on contracts.subscription_key = prices.subscription_key
