{{ config(materialized='view') }} {#- windows over a table that is there already -#}

with

assignments as (

    select * from {{ ref('identity_assignments') }}

),

-- A customer bears the number of its oldest record, so the history of every id is that
-- of one record: where it went, the id went. A device counts for whom it is with last.
versions as (

    select
        assignments.record_key,
        'C' || lpad(cast(registry.record_seq as varchar), 10, '0') as own_customer_id,
        assignments.customer_id,
        assignments.committed_from,
        assignments.committed_to,
        assignments.run_id,
        lag(assignments.customer_id) over history as previous_customer_id,
        lag(assignments.committed_to) over history as previous_committed_to,
        lead(assignments.committed_from) over history as next_committed_from

    from assignments
    inner join {{ ref('int_identity__record_registry') }} as registry
        on assignments.record_key = registry.record_key
    where assignments.valid_to is null
    window history as (
        partition by assignments.record_key
        order by assignments.committed_from
    )

),

moves as (

    select
        record_key,
        own_customer_id,
        case
            when previous_committed_to = committed_from then previous_customer_id
        end as old_customer_id,
        customer_id as new_customer_id,
        committed_from as changed_at,
        run_id

    from versions

    union all

    -- The record is gone; the run that closed its last version wrote no other of it.
    select
        record_key,
        own_customer_id,
        customer_id as old_customer_id,
        cast(null as varchar) as new_customer_id,
        committed_to as changed_at,
        cast(null as varchar) as run_id

    from versions
    where
        committed_to is not null
        and (
            next_committed_from is null
            or next_committed_from > committed_to
        )

)

select
    *,
    case
        when old_customer_id is null and new_customer_id = own_customer_id
            then 'created'
        when new_customer_id is null and old_customer_id = own_customer_id
            then 'retired'
        when old_customer_id = own_customer_id then 'merged'
        when new_customer_id = own_customer_id then 'split'
        when old_customer_id is not null and new_customer_id is not null
            then 'moved'
    end as change

from moves
where old_customer_id is distinct from new_customer_id
