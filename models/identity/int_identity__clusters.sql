{#- Few clusters are contested, so looking them up costs less than a second table. -#}
{{ config(materialized='view') }}

with

matched as (

    select * from {{ ref('int_identity__matched_entities') }}

),

parted as (

    select distinct
        matched.entity_key,
        contested.entity_key as cluster_key

    from {{ ref('int_identity__contested_matches') }} as contested
    inner join matched on contested.record_key = matched.record_key

)

select
    matched.record_key,
    matched.entity_key,
    case
        when matched.entity_key = parted.cluster_key then 1
        else matched.confidence
    end as confidence,
    coalesce(parted.cluster_key, matched.cluster_key) as cluster_key

from matched
left join parted on matched.entity_key = parted.entity_key
