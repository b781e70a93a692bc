select
    record_key,
    entity_key as cluster_key

from {{ ref('int_identity__entities') }}
