{{ config(materialized='tracked') }} {#- core__identifiers is read by slices -#}

{{ identifier_feed(
    ref('stg_zendesk__user_versions'),
    system='zendesk',
    entity='user',
    record_id='user_id',
    seen_at='updated_at',
    identifiers=[
        {'type': 'email', 'column': 'email', 'is_verified': 'is_verified'},
        {'type': 'phone', 'column': 'phone'},
        {'type': 'user_id', 'column': 'external_id', 'namespace': 'shopify'},
    ],
    where="role = 'end-user'",
) }}
