{{ config(materialized='tracked') }} {#- marts built by slices look it up -#}

with

assignments as (

    select * from {{ ref('identity_assignments') }}
    where committed_to is null

),

-- One record suffices: who works here is no customer under another address either.
excluded as (

    select distinct customer_id
    from {{ ref('identity_exclusions') }}

)

select
    assignments.record_key,
    assignments.valid_from,
    assignments.valid_to,
    assignments.customer_id,
    assignments.link_type,
    assignments.committed_from as linked_at,
    assignments.confidence,
    assignments.is_identified,
    excluded.customer_id is not null as is_excluded

from assignments
left join excluded on assignments.customer_id = excluded.customer_id
