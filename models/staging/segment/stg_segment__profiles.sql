with

versions as (

    select * from {{ ref('stg_segment__identifies') }}
    qualify {{ is_change('user_id', [
        'email', 'phone', 'first_name', 'last_name', 'full_name', 'birth_date',
        'gender', 'company', 'job_title', 'street', 'city', 'region', 'postal_code',
        'country_code', 'language', 'time_zone',
    ]) }}

)

select
    {{ record_key('segment', 'user', 'user_id') }} as record_key,
    'segment' as source_system,
    'user' as entity,
    user_id as record_id,
    first_name as given_name,
    last_name as family_name,
    full_name,
    birth_date,
    gender,
    email,
    phone,
    street,
    city,
    region,
    postal_code,
    country_code,
    company,
    job_title,
    language,
    time_zone,
    created_at,
    stated_at as updated_at,
    source_row,
    {{ unstated_columns('profiles', ['middle_name', 'account_key', 'deleted_at']) }}
from versions
