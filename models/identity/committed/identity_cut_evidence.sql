{{ config(materialized='view') }} {#- a filter over a table that is there already -#}

select
    rejected.record_key,
    rejected.identifier_type,
    rejected.namespace,
    rejected.identifier_value,
    rejected.rejection_reason,
    rejected.record_count,
    rejected.people_count,
    rejected.times_seen,
    rejected.first_seen_at,
    rejected.last_seen_at

from {{ ref('int_identity__rejected_identifiers') }} as rejected
inner join {{ ref('identity_rules') }} as rules
    on rejected.identifier_type = rules.identifier_type
where rules.joins_records
