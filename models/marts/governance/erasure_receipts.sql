select
    erasure_id,
    place,
    action,
    items,
    people,
    reason,
    requested_by,
    erased_at
from {{ source('ops', 'erasure_receipts') }}
