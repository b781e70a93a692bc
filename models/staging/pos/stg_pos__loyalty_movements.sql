{{ config(materialized='sliced', unique_key='order_key') }}

with

transactions as (

    select * from {{ sliced(
        ref('stg_pos__transactions'), by='coalesce(original_order_key, order_key)'
    ) }}
    where record_key is not null

),

movements as (

    select
        *,
        'earned' as status,
        points_earned as points

    from transactions

    union all

    select
        *,
        'redeemed' as status,
        -points_redeemed as points

    from transactions

)

select
    'pos:loyalty_movement:' || transaction_id || ':' || status as movement_key,
    record_key,
    sold_at as moved_at,
    points,
    coalesce(original_order_key, order_key) as order_key,
    status,
    case when is_return then 'return' else 'purchase' end as reason
from movements
where points <> 0
