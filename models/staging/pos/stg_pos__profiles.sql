{{ config(materialized='sliced', unique_key='record_key') }}

with

members as (

    select * from {{ sliced(
        ref('stg_pos__member_versions'),
        by=record_key('pos', 'member', 'loyalty_id')
    ) }}

)

select
    {{ record_key('pos', 'member', 'loyalty_id') }} as record_key,
    'pos' as source_system,
    'member' as entity,
    loyalty_id as record_id,
    first_name as given_name,
    last_name as family_name,
    birth_date,
    gender,
    email,
    phone,
    street,
    city,
    postal_code,
    country_code,
    joined_at as created_at,
    updated_at,
    deleted_at,
    source_row,
    {{ unstated_columns('profiles', [
        'middle_name', 'full_name', 'region', 'company', 'account_key', 'job_title',
        'language', 'time_zone',
    ]) }}
from members
