{{ config(materialized='tracked') }} {#- core__profiles is read by slices -#}

with

users as (

    select * from {{ ref('stg_zendesk__user_versions') }}

)

select
    {{ record_key('zendesk', 'user', 'user_id') }} as record_key,
    'zendesk' as source_system,
    'user' as entity,
    user_id as record_id,
    full_name,
    email,
    phone,
    language,
    time_zone,
    created_at,
    updated_at,
    source_row,
    {{ unstated_columns('profiles', [
        'given_name', 'middle_name', 'family_name', 'birth_date', 'gender', 'street',
        'city', 'region', 'postal_code', 'country_code', 'company', 'account_key',
        'job_title', 'deleted_at',
    ]) }}
from users
where role = 'end-user'
