select
    customer_id,
    current_customer_id,
    customer_id = current_customer_id as is_current
from {{ ref('identity_aliases') }}
