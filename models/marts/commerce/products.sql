with

sales as (

    select
        product_key,
        min(ordered_at) as first_sold_at,
        max(ordered_at) as last_sold_at,
        count(distinct order_key) as order_count,
        count(distinct customer_id) as customer_count,
        sum(quantity) as units_sold,
        sum(net_reporting) as sales_reporting
    from {{ ref('order_lines') }}
    where is_sale and not is_excluded
    group by product_key

)

select
    catalogue.product_key,
    catalogue.sku,
    catalogue.gtin,
    catalogue.name,
    catalogue.category,
    catalogue.brand,
    catalogue.currency,
    catalogue.price,
    {{ to_reporting('catalogue.price') }} as price_reporting,
    catalogue.in_stock,
    cast(catalogue.source_count as integer) as source_count,

    sales.first_sold_at,
    sales.last_sold_at,
    coalesce(sales.order_count, 0) as order_count,
    coalesce(sales.customer_count, 0) as customer_count,
    cast(coalesce(sales.units_sold, 0) as decimal(18, 3)) as units_sold,
    cast(coalesce(sales.sales_reporting, 0) as decimal(18, 2)) as sales_reporting
from {{ ref('core__catalogue') }} as catalogue
cross join {{ ref('core__as_of') }} as cut_off
left join {{ ref('core__fx_rates') }} as fx
    on {{ fx_at('catalogue.currency', 'cut_off.as_of') }}
left join sales on catalogue.product_key = sales.product_key
