{#- Few components are contested, so looking them up costs less than a second table. -#}
{{ config(materialized='view') }}

with

parted as (

    select distinct
        record_key,
        entity_key
    from {{ ref('int_identity__contested_links') }}

)

select
    components.record_key,
    coalesce(parted.entity_key, components.component_key) as entity_key

from {{ ref('int_identity__components') }} as components
left join parted on components.record_key = parted.record_key
