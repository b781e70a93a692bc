{{ config(materialized='tracked') }} {#- core__profiles is read by slices -#}

with

contacts as (

    select * from {{ ref('stg_hubspot__contact_versions') }}

)

select
    {{ record_key('hubspot', 'contact', 'contact_id') }} as record_key,
    'hubspot' as source_system,
    'contact' as entity,
    contact_id as record_id,
    first_name as given_name,
    last_name as family_name,
    birth_date,
    gender,
    email,
    coalesce(mobile_phone, phone) as phone,
    street,
    city,
    region,
    postal_code,
    country_code,
    company,
    'hubspot:company:' || company_id as account_key,
    job_title,
    language,
    created_at,
    updated_at,
    deleted_at,
    source_row,
    {{ unstated_columns('profiles', ['middle_name', 'full_name', 'time_zone']) }}
from contacts
