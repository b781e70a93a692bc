select
    cuts.record_key,
    map.customer_id,
    cuts.identifier_type,
    cuts.namespace,
    cuts.identifier_value,
    cuts.rejection_reason,
    cuts.kept_by_record_key,
    cuts.limited_type,
    cast(cuts.value_count as bigint) as value_count,
    cast(cuts.max_values as bigint) as max_values,
    cast(cuts.record_count as bigint) as record_count,
    cast(cuts.people_count as bigint) as people_count,
    cast(cuts.times_seen as bigint) as times_seen,
    cuts.first_seen_at,
    cuts.last_seen_at
from {{ ref('identity_cut_evidence') }} as cuts
inner join {{ ref('identity_map') }} as map on cuts.record_key = map.record_key
