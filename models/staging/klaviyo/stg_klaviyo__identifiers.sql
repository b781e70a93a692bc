{{ config(materialized='sliced', unique_key='record_key') }}

{{ identifier_feed(
    sliced(
        ref('stg_klaviyo__profile_versions'),
        by=record_key('klaviyo', 'profile', 'profile_id')
    ),
    system='klaviyo',
    entity='profile',
    record_id='profile_id',
    seen_at='updated_at',
    identifiers=[
        {'type': 'email', 'column': 'email'},
        {'type': 'phone', 'column': 'phone'},
        {'type': 'user_id', 'column': 'external_id', 'namespace': 'shopify'},
    ],
) }}
