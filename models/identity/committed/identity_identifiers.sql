{{ config(materialized='view') }} {#- a filter over a table that is there already -#}

select
    record_key,
    identifier_type,
    namespace,
    identifier_value,
    is_verified,
    times_seen,
    first_seen_at,
    last_seen_at

from {{ ref('int_identity__identifiers') }}
where not is_derived
