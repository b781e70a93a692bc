select
    record_key,
    customer_id,
    attribute,
    pattern,
    reason
from {{ ref('identity_exclusions') }}
