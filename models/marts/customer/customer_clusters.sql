with

scores as (

    select * from {{ source('scores', 'customer_clusters') }}

)

select
    scores.customer_id,
    scores.as_of,
    scores.model,
    scores.model_version,
    scores.cluster_id,
    scores.cluster_name
from scores
inner join {{ ref('usable_customers') }} as identified
    on scores.customer_id = identified.customer_id
