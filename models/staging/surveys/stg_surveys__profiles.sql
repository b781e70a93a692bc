{{ config(materialized='tracked') }} {#- core__profiles is read by slices -#}

with

responses as (

    select * from {{ ref('stg_surveys__responses') }}
    where respondent_key is not null

),

-- An answer says little of the person: one version for each different thing it says.
respondents as (

    select
        respondent_key,
        email,
        language,
        min(answered_at) as created_at,
        max(answered_at) as updated_at,
        min(source_row) as source_row

    from responses
    group by respondent_key, email, language

)

select
    {{ record_key('surveys', 'respondent', 'respondent_key') }} as record_key,
    'surveys' as source_system,
    'respondent' as entity,
    respondent_key as record_id,
    email,
    language,
    created_at,
    updated_at,
    source_row,
    {{ unstated_columns('profiles', [
        'given_name', 'middle_name', 'family_name', 'full_name', 'birth_date', 'gender',
        'phone', 'street', 'city', 'region', 'postal_code', 'country_code', 'company',
        'account_key', 'job_title', 'time_zone', 'deleted_at',
    ]) }}
from respondents
