with

assignments as (

    select * from {{ ref('identity_assignments') }}

),

changes as (

    select * from {{ ref('identity_moves') }}

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

cut as (

    select
        record_key,
        node_key
    from {{ ref('int_identity__contested_links') }}
    where is_cut

),

links as (

    select links.*
    from {{ ref('int_identity__links') }} as links
    left join cut
        on links.record_key = cut.record_key and links.node_key = cut.node_key
    where cut.record_key is null

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
