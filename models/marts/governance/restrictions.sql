select
    customer_id,
    restricted_at
from {{ ref('restricted_customers') }}
