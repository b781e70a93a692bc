-- Each model gives every sale away once, to the cent, whoever touched the customer.
with

models as (

    {%- for name in attribution_models() %}
    select '{{ name }}' as model
    {{ "union all" if not loop.last }}
    {%- endfor %}

),

credits as (

    select
        order_key,
        model,
        sum(credit) as credit,
        sum(revenue_reporting) as revenue_reporting
    from {{ ref('attribution') }}
    group by order_key, model

)

select
    sales.order_key,
    models.model,
    credits.credit,
    credits.revenue_reporting as credited_revenue,
    sales.revenue_reporting as sale_revenue
from {{ ref('customer_sales') }} as sales
cross join models
left join credits
    on
        sales.order_key = credits.order_key
        and models.model = credits.model
where
    coalesce(credits.credit, 0) <> 1
    or credits.revenue_reporting is distinct from sales.revenue_reporting
