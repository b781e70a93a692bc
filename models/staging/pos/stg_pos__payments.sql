with

sales as (

    select * from {{ ref('stg_pos__transactions') }}
    where not is_return

)

select
    'pos:payment:' || transaction_id as payment_key,
    order_key,
    sold_at as paid_at,
    total as amount,
    currency,
    payment_method as method,
    'success' as status,
    {{ unstated_columns('payments', ['reason']) }}
from sales
