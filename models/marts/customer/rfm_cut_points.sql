with

customers as (

    select features.*
    from {{ ref('customer_order_features') }} as features
    inner join {{ ref('usable_customers') }} as identified
        on features.customer_id = identified.customer_id

),

measures as (

    select
        'recency_days' as measure,
        days_since_last_order as value
    from customers

    union all

    select
        'order_count' as measure,
        order_count as value
    from customers

    union all

    select
        'revenue_reporting' as measure,
        cast(revenue_reporting as double) as value
    from customers

)

select
    measure,
    {%- for percent in (20, 40, 60, 80) %}
    cast(percentile_cont(0.{{ percent }}) within group (order by value) as double)
        as percentile_{{ percent }},
    {%- endfor %}
    count(*) as customer_count
from measures
group by measure
