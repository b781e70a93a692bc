with

contacts as (

    select
        {{ record_key('hubspot', 'contact', 'contact_id') }} as record_key,
        lifecycle_stage,
        lead_status,
        coalesce(updated_at, created_at) as as_of,
        source_row

    from {{ ref('stg_hubspot__contact_versions') }}

),

stated as (

    select
        record_key,
        'lifecycle_stage' as name,
        lifecycle_stage as value,
        as_of,
        source_row

    from contacts

    union all

    select
        record_key,
        'lead_status' as name,
        lead_status as value,
        as_of,
        source_row

    from contacts

),

changes as (

    select * from stated
    where value is not null
    qualify {{ is_change('record_key, name', ['value']) }}

)

-- Who becomes again what they were before is so since then: max, not min.
select
    record_key,
    name,
    value,
    max(as_of) as as_of
from changes
group by record_key, name, value
