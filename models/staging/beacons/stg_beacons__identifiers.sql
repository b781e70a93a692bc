{{ config(materialized='tracked') }} {#- core__identifiers is read by slices -#}

with

members as (

    select
        loyalty_id,
        min(pinged_at) as seen_at,
        min(source_row) as source_row

    from {{ ref('stg_beacons__pings') }}
    where loyalty_id is not null
    group by loyalty_id

)

{{ identifier_feed(
    'members',
    system='beacons',
    entity='member',
    record_id='loyalty_id',
    seen_at='seen_at',
    identifiers=[{'type': 'loyalty_id', 'column': 'loyalty_id', 'namespace': 'pos'}],
) }}
