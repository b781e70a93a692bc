with

lines as (

    select
        transactions.order_key || ':' || transactions.product_id as line_key,
        transactions.order_key,
        transactions.product_key,
        transactions.product_id as sku,
        products.name,
        products.category,
        transactions.quantity,
        -- A line of quantity 0 is a coupon or a correction: it has no price.
        (transactions.sales_value + transactions.discount)
        / nullif(transactions.quantity, 0) as unit_price,
        transactions.discount,
        0 as tax,
        transactions.sales_value as net,
        'USD' as currency

    from {{ ref('stg_complete_journey__transactions') }} as transactions
    left join {{ ref('stg_complete_journey__products') }} as products
        on transactions.product_key = products.product_key

)

select * from lines
