with

customers as (

    select features.*
    from {{ ref('customer_order_features') }} as features
    inner join {{ ref('usable_customers') }} as identified
        on features.customer_id = identified.customer_id

),

-- Equal values get equal scores, so a fifth is only about a fifth when many are tied.
scored as (

    select
        customers.*,
        {{ quintile('customers.days_since_last_order', 'recency', descending=true) }}
            as recency_score,
        {{ quintile('customers.order_count', 'frequency') }} as frequency_score,
        {{ quintile('customers.revenue_reporting', 'monetary') }} as monetary_score
    from customers
    inner join {{ ref('rfm_cut_points') }} as recency
        on recency.measure = 'recency_days'
    inner join {{ ref('rfm_cut_points') }} as frequency
        on frequency.measure = 'order_count'
    inner join {{ ref('rfm_cut_points') }} as monetary
        on monetary.measure = 'revenue_reporting'

)

select
    scored.customer_id,
    scored.as_of,
    cast(scored.days_since_last_order as double) as recency_days,
    scored.order_count,
    cast(scored.revenue_reporting as decimal(18, 2)) as revenue_reporting,
    scored.recency_score,
    scored.frequency_score,
    scored.monetary_score,
    segments.rfm_segment
from scored
left join {{ ref('rfm_segments') }} as segments
    on
        scored.recency_score = segments.recency_score
        and scored.frequency_score = segments.frequency_score
