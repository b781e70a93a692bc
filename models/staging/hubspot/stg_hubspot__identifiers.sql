{{ config(materialized='tracked') }} {#- core__identifiers is read by slices -#}

{{ identifier_feed(
    ref('stg_hubspot__contact_versions'),
    system='hubspot',
    entity='contact',
    record_id='contact_id',
    seen_at='coalesce(updated_at, created_at)',
    identifiers=[
        {'type': 'user_id', 'column': 'contact_id', 'namespace': 'hubspot'},
        {'type': 'email', 'column': 'email'},
        {'type': 'phone', 'column': 'phone'},
        {'type': 'phone', 'column': 'nullif(mobile_phone, phone)'},
    ],
) }}
