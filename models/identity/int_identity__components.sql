{{ config(materialized='connected_components', key='component_key') }}

with

people as (

    select
        record_key,
        record_seq
    from {{ ref('int_identity__record_registry') }}
    where not is_device

),

links as (

    select * from {{ ref('int_identity__links') }}

),

stated_records as (

    select distinct
        stated_record_key as record_key,
        node_key
    from links
    where stated_record_key is not null

)

select
    record_seq,
    record_key,
    cast(null as varchar) as node_key

from people

union all

select
    people.record_seq,
    cast(null as varchar) as record_key,
    links.node_key

from links
inner join people on links.record_key = people.record_key

union all

select
    people.record_seq,
    cast(null as varchar) as record_key,
    stated_records.node_key

from stated_records
inner join people on stated_records.record_key = people.record_key
