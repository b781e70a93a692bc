{{ config(materialized='tracked') }} {#- links are made by slices -#}

with

registry as (

    select * from {{ ref('int_identity__record_registry') }}

),

stated as (

    select
        from_record_key as record_key,
        to_record_key as stated_record_key,
        relation,
        seen_at,
        0 as priority

    from {{ ref('core__record_links') }}
    where from_record_key <> to_record_key

    union all

    -- A steward's word comes before any source's.
    select
        record_key,
        other_record_key as stated_record_key,
        decision as relation,
        decided_at as seen_at,
        -1 as priority

    from {{ ref('int_identity__decisions') }}
    where decision = 'must_link'

),

statements as (

    select
        record_key,
        stated_record_key,
        {{ arg_min('relation', 'priority') }} as relation,
        min(priority) as priority,
        count(*) as times_seen,
        min(seen_at) as first_seen_at,
        max(seen_at) as last_seen_at

    from stated
    group by record_key, stated_record_key

)

-- A record that no feed describes any more, as one merged away in a CRM, can still be
-- what two others point at, so only those known to be devices are kept out.
select statements.*
from statements
inner join registry on statements.record_key = registry.record_key
left join registry as stated_device
    on
        statements.stated_record_key = stated_device.record_key
        and stated_device.is_device
where not registry.is_device and stated_device.record_key is null
