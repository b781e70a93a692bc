{{ config(materialized='view') }} {#- a filter over a table that is there already -#}

select
    record_key,
    valid_from,
    valid_to,
    customer_id,
    link_type,
    committed_from as linked_at,
    confidence,
    is_identified

from {{ ref('identity_assignments') }}
where committed_to is null
