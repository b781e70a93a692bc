{{ config(materialized='sliced', unique_key='customer_id') }}

select people.customer_id
from {{ sliced(
    ref('golden_record'), by='customer_id', columns=['customer_id']
) }} as people
left join {{ sliced(ref('restricted_customers'), by='customer_id') }} as restricted
    on people.customer_id = restricted.customer_id
where restricted.customer_id is null
