select
    stated.record_key,
    stated.identifier_type,
    stated.namespace,
    stated.identifier_value,
    stated.is_verified,
    stated.is_derived,
    stated.times_seen,
    stated.first_seen_at,
    stated.last_seen_at

from {{ ref('int_identity__stated_identifiers') }} as stated
inner join {{ ref('int_identity__identifier_values') }} as judged
    on
        stated.identifier_type = judged.identifier_type
        and stated.namespace = judged.namespace
        and stated.identifier_value = judged.identifier_value
where judged.rejection_reason is null
