select
    audience_id,
    customer_id,
    is_control
from {{ ref('audience_candidates') }}
where standing = 'member'
