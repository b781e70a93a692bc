select people.customer_id
from {{ ref('golden_record') }} as people
left join {{ ref('restricted_customers') }} as restricted
    on people.customer_id = restricted.customer_id
where restricted.customer_id is null
