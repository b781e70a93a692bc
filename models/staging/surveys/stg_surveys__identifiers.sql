{{ config(materialized='tracked') }} {#- core__identifiers is read by slices -#}

{{ identifier_feed(
    ref('stg_surveys__responses'),
    system='surveys',
    entity='respondent',
    record_id='respondent_key',
    seen_at='answered_at',
    identifiers=[
        {'type': 'email', 'column': 'email'},
        {'type': 'user_id', 'column': 'shop_customer_id', 'namespace': 'shopify'},
    ],
) }}
