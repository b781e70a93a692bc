select
    change,
    old_customer_id,
    new_customer_id,
    changed_at,
    run_id,
    record_count,
    evidence,
    evidence_value,
    record_key,
    other_record_key,
    rejection_reason
from {{ ref('identity_ledger') }}
