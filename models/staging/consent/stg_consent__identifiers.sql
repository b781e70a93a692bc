{{ config(materialized='tracked') }} {#- core__identifiers is read by slices -#}

{{ identifier_feed(
    ref('stg_consent__statements'),
    system='consent',
    entity='subject',
    record_id='subject_key',
    seen_at='stated_at',
    identifiers=[
        {'type': 'user_id', 'column': 'shop_customer_id', 'namespace': 'shopify'},
        {'type': 'email', 'column': 'email'},
        {'type': 'phone', 'column': 'phone'},
    ],
) }}
