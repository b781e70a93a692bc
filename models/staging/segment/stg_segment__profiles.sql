{{ config(materialized='sliced', unique_key='record_key') }}

with

versions as (

    select * from {{ sliced(
        ref('stg_segment__identifies'),
        by=record_key('segment', 'user', 'user_id')
    ) }}
    qualify {{ is_change('user_id', [
        'email', 'phone', 'first_name', 'last_name', 'full_name', 'birth_date',
        'gender', 'company', 'job_title', 'street', 'city', 'region', 'postal_code',
        'country_code', 'language', 'time_zone',
    ]) }}

)

{{ profile_feed(
    'versions',
    system='segment',
    entity='user',
    record_id='user_id',
    columns=[
        'full_name', 'birth_date', 'gender', 'email', 'phone', 'street', 'city',
        'region', 'postal_code', 'country_code', 'company', 'job_title', 'language',
        'time_zone', 'created_at',
    ],
    renamed={
        'given_name': 'first_name',
        'family_name': 'last_name',
        'updated_at': 'stated_at',
    },
) }}
