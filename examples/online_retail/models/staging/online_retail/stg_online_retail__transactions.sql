with

source as (

    select * from {{ customer360.raw_rows('online_retail', 'transactions') }}

),

renamed as (

    select
        'online_retail:invoice:' || invoice_no as order_key,
        invoice_no as invoice_number,
        invoice_no like 'C%' as is_cancellation,
        row_number() over (partition by invoice_no order by source_row) as line_number,
        'online_retail:product:' || upper(stock_code) as product_key,
        -- The same code is typed in small letters at times.
        upper(stock_code) as stock_code,
        case
            when regexp_matches(stock_code, '^(\d{5}|DCGS|PADS)') then 'merchandise'
            when stock_code like 'gift%' then 'gift voucher'
            else 'charge'
        end as category,
        description,
        quantity,
        unit_price,
        quantity * unit_price as net,
        cast(invoice_date at time zone 'Europe/London' as timestamp) as invoiced_at,
        -- The CSV files write it as 17850.0.
        split_part(customer_id, '.', 1) as customer_id,
        'online_retail:customer:' || split_part(customer_id, '.', 1) as record_key,
        country,
        source_row

    from source

)

select * from renamed
