with

invoices as (

    select
        order_key,
        invoice_number as order_number,
        record_key,
        'online_retail' as source_system,
        min(invoiced_at) as ordered_at,
        -- A cancellation is an invoice of its own, over negative quantities.
        case when is_cancellation then min(invoiced_at) end as cancelled_at,
        case when is_cancellation then 'cancelled' else 'placed' end as status,
        'web' as channel,
        'GBP' as currency,
        sum(net) as gross,
        0 as discount,
        0 as tax,
        0 as shipping,
        sum(net) as net,
        {{ customer360.unstated_columns('orders', ['store_key', 'campaign_key']) }}

    from {{ ref('stg_online_retail__transactions') }}
    group by order_key, invoice_number, record_key, is_cancellation

)

select * from invoices
