select
    record_key,
    split_part(record_key, ':', 1) as source_system,
    split_part(record_key, ':', 2) as entity,
    customer_id,
    is_identified,
    is_excluded,
    link_type,
    confidence,
    valid_from,
    valid_to,
    linked_at
from {{ ref('identity_map') }}
