{{ config(materialized='tracked') }} {#- core__identifiers is read by slices -#}

{{ identifier_feed(
    ref('stg_demographics__people'),
    system='demographics',
    entity='email_hash',
    record_id='email_sha256',
    seen_at='cast(as_of as timestamp)',
    identifiers=[{'type': 'email_sha256', 'column': 'email_sha256'}],
    where='deleted_at is null',
) }}
