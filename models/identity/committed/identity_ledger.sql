{#- Kept, since the evidence for a change may be gone the day after. -#}
{{ config(
    materialized='incremental',
    incremental_strategy='append',
    on_schema_change='append_new_columns',
    full_refresh=false,
) }}

with

changes as (

    select * from {{ ref('identity_moves') }}
    {%- if is_incremental() %}
    where
        changed_at
        > (select coalesce(max(changed_at), timestamp '0001-01-01') from {{ this }})
    {%- endif %}

),

grounds as (

    select * from {{ ref('identity_grounds') }}

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

moved as (

    select
        changes.record_key,
        entries.*

    from changes
    inner join entries
        on
            changes.old_customer_id = entries.old_customer_id
            and changes.new_customer_id = entries.new_customer_id
            and changes.changed_at = entries.changed_at

),

-- The strongest of what is between those who moved and whom they came to, if used,
-- or whom they left, if not.
causes as (

    select
        moved.old_customer_id,
        moved.new_customer_id,
        moved.changed_at,
        mine.record_key,
        theirs.record_key as other_record_key,
        mine.evidence,
        coalesce(mine.evidence_value, theirs.evidence_value) as evidence_value,
        mine.rejection_reason,
        row_number() over (
            partition by
                moved.old_customer_id, moved.new_customer_id, moved.changed_at
            order by
                mine.is_used = (moved.change <> 'split') desc,
                mine.priority asc,
                mine.times_seen + theirs.times_seen desc,
                mine.evidence_key asc,
                mine.record_key asc,
                theirs.record_key asc
        ) as place

    from moved
    inner join grounds as mine on moved.record_key = mine.record_key
    inner join grounds as theirs
        on
            mine.evidence_key = theirs.evidence_key
            and mine.is_used = theirs.is_used
            and mine.record_key <> theirs.record_key
    inner join {{ ref('identity_assignments') }} as holders
        on
            theirs.record_key = holders.record_key
            and holders.valid_to is null
            and case
                when mine.is_used
                    then
                        moved.new_customer_id = holders.customer_id
                        and moved.changed_at >= holders.committed_from
                        and coalesce(moved.changed_at < holders.committed_to, true)
                else
                    moved.old_customer_id = holders.customer_id
                    and moved.changed_at > holders.committed_from
                    and coalesce(moved.changed_at <= holders.committed_to, true)
            end
    left join moved as alongside
        on
            theirs.record_key = alongside.record_key
            and moved.old_customer_id = alongside.old_customer_id
            and moved.new_customer_id = alongside.new_customer_id
            and moved.changed_at = alongside.changed_at
    where alongside.record_key is null

)

select
    entries.change,
    entries.old_customer_id,
    entries.new_customer_id,
    entries.changed_at,
    entries.run_id,
    entries.record_count,
    causes.record_key,
    causes.other_record_key,
    causes.evidence,
    causes.evidence_value,
    case
        when entries.change = 'split' and causes.evidence is null then 'evidence_gone'
        else causes.rejection_reason
    end as rejection_reason

from entries
left join causes
    on
        entries.old_customer_id = causes.old_customer_id
        and entries.new_customer_id = causes.new_customer_id
        and entries.changed_at = causes.changed_at
        and causes.place = 1
where entries.change is not null
