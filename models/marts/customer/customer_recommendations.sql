with

scores as (

    select * from {{ source('scores', 'customer_recommendations') }}

),

products as (

    select
        product_key,
        name,
        category
    from {{ ref('core__catalogue') }}

),

-- Who refused to be profiled on any channel gets no products picked by a profile.
refusals as (

    select distinct customer_id
    from {{ ref('consents') }}
    where purpose = 'profiling' and not is_granted

)

select
    scores.customer_id,
    scores.recommendation_rank,
    scores.as_of,
    scores.model,
    scores.model_version,
    scores.product_key,
    products.name as product_name,
    products.category as product_category,
    scores.relevance,
    scores.reason,
    scores.reason_product_key,
    reasons.name as reason_product_name
from scores
inner join {{ ref('usable_customers') }} as identified
    on scores.customer_id = identified.customer_id
inner join products on scores.product_key = products.product_key
left join products as reasons on scores.reason_product_key = reasons.product_key
left join refusals on scores.customer_id = refusals.customer_id
where refusals.customer_id is null
