{{ identifier_feed(
    ref('stg_klaviyo__profile_versions'),
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
