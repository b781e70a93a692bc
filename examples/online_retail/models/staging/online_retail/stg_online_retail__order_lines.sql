with

lines as (

    select
        order_key || ':' || line_number as line_key,
        order_key,
        product_key,
        stock_code as sku,
        description as name,
        category,
        quantity,
        unit_price,
        0 as discount,
        0 as tax,
        net,
        'GBP' as currency

    from {{ ref('stg_online_retail__transactions') }}

)

select * from lines
