{{ config(materialized='view') }} {#- a look-up in tables that are there already -#}

-- An id is the number of its founder: it means whoever holds that record now.
select
    given.customer_id,
    holders.customer_id as current_customer_id

from (
    select distinct customer_id from {{ ref('identity_assignments') }}
) as given
inner join {{ ref('int_identity__record_registry') }} as founders
    on cast(substr(given.customer_id, 2) as bigint) = founders.record_seq
left join {{ ref('identity_assignments') }} as holders
    on
        founders.record_key = holders.record_key
        and holders.committed_to is null
        and holders.valid_to is null
