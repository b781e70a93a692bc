with

contacts as (

    select
        contact_id,
        updated_at,
        {{ split_rows('merged_contact_ids', ';') }} as merged_id

    from {{ ref('stg_hubspot__contact_versions') }}

)

select
    {{ record_key('hubspot', 'contact', 'merged_id') }} as from_record_key,
    {{ record_key('hubspot', 'contact', 'contact_id') }} as to_record_key,
    'crm_merge' as relation,
    min(updated_at) as seen_at
from contacts
where merged_id <> '' and merged_id <> contact_id
group by merged_id, contact_id
