{{ config(materialized='sliced', unique_key='record_key') }}

{{ profile_feed(
    sliced(
        ref('stg_klaviyo__profile_versions'),
        by=record_key('klaviyo', 'profile', 'profile_id')
    ),
    system='klaviyo',
    entity='profile',
    record_id='profile_id',
    columns=[
        'email', 'phone', 'street', 'city', 'region', 'postal_code', 'country_code',
        'job_title', 'language', 'time_zone', 'created_at', 'updated_at',
    ],
    renamed={
        'given_name': 'first_name',
        'family_name': 'last_name',
        'company': 'organization',
    },
) }}
