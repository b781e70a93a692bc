with

contacts as (

    select
        {{ record_key('hubspot', 'contact', 'contact_id') }} as record_key,
        lifecycle_stage,
        lead_status,
        coalesce(updated_at, created_at) as as_of

    from {{ ref('stg_hubspot__contact_versions') }}

),

stated as (

    select
        record_key,
        'lifecycle_stage' as name,
        lifecycle_stage as value,
        as_of

    from contacts

    union all

    select
        record_key,
        'lead_status' as name,
        lead_status as value,
        as_of

    from contacts

)

select
    record_key,
    name,
    value,
    min(as_of) as as_of
from stated
where value is not null
group by record_key, name, value
