select
    exclusions.record_key,
    assignments.customer_id,
    exclusions.attribute,
    exclusions.pattern,
    exclusions.reason
from {{ ref('int_identity__exclusions') }} as exclusions
inner join {{ ref('identity_assignments') }} as assignments
    on exclusions.record_key = assignments.record_key
where assignments.committed_to is null
