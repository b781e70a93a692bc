with

profiles as (

    select * from {{ ref('stg_klaviyo__profile_versions') }}

)

select
    {{ record_key('klaviyo', 'profile', 'profile_id') }} as record_key,
    'klaviyo' as source_system,
    'profile' as entity,
    profile_id as record_id,
    first_name as given_name,
    last_name as family_name,
    email,
    phone,
    street,
    city,
    region,
    postal_code,
    country_code,
    organization as company,
    job_title,
    language,
    time_zone,
    created_at,
    updated_at,
    source_row,
    {{ unstated_columns('profiles', [
        'middle_name', 'full_name', 'birth_date', 'gender', 'account_key', 'deleted_at',
    ]) }}
from profiles
