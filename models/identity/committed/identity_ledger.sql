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

),

changes as (

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

),

entries as (

    select
        old_customer_id,
        new_customer_id,
        changed_at,
        max(run_id) as run_id,
        -- Who moves along with the record that bears the number is no entry of its own.
        coalesce(
            min(case when change <> 'moved' then change end),
            min(change)
        ) as change,
        cast(count(*) as integer) as record_count

    from changes
    group by old_customer_id, new_customer_id, changed_at

),

links as (

    select * from {{ ref('int_identity__links') }}

),

-- Of the evidence that joins those who came to those who were there, the strongest.
causes as (

    select
        moved.old_customer_id,
        moved.new_customer_id,
        moved.changed_at,
        mine.record_key,
        theirs.record_key as other_record_key,
        coalesce(mine.identifier_type, mine.relation) as evidence,
        mine.identifier_value as evidence_value,
        row_number() over (
            partition by
                moved.old_customer_id, moved.new_customer_id, moved.changed_at
            order by
                mine.priority asc,
                mine.times_seen + theirs.times_seen desc,
                mine.node_key asc,
                mine.record_key asc,
                theirs.record_key asc
        ) as place

    from changes as moved
    inner join links as mine on moved.record_key = mine.record_key
    inner join links as theirs
        on
            mine.node_key = theirs.node_key
            and mine.record_key <> theirs.record_key
    inner join assignments as holders
        on
            theirs.record_key = holders.record_key
            and moved.new_customer_id = holders.customer_id
            and moved.changed_at > holders.committed_from
            and holders.valid_to is null
    where moved.old_customer_id is not null and moved.new_customer_id is not null

),

-- A visitor becomes somebody by logging in.
logins as (

    select
        'C' || lpad(cast(registry.record_seq as varchar), 10, '0') as own_customer_id,
        intervals.device_record_key,
        intervals.owner_record_key

    from {{ ref('int_identity__device_intervals') }} as intervals
    inner join {{ ref('int_identity__record_registry') }} as registry
        on intervals.device_record_key = registry.record_key
    where intervals.valid_to is null

)

select
    entries.change,
    entries.old_customer_id,
    entries.new_customer_id,
    entries.changed_at,
    entries.run_id,
    entries.record_count,
    coalesce(causes.record_key, logins.device_record_key) as record_key,
    coalesce(causes.other_record_key, logins.owner_record_key) as other_record_key,
    coalesce(
        causes.evidence,
        case when logins.device_record_key is not null then 'login' end
    ) as evidence,
    causes.evidence_value

from entries
left join causes
    on
        entries.old_customer_id = causes.old_customer_id
        and entries.new_customer_id = causes.new_customer_id
        and entries.changed_at = causes.changed_at
        and causes.place = 1
left join logins
    on
        entries.change = 'merged'
        and entries.old_customer_id = logins.own_customer_id
where entries.change is not null
