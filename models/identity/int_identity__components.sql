{{ config(
    materialized='connected_components',
    key='component_key',
    unique_key='record_key',
) }}

with

people as (

    select
        record_key,
        record_seq
    from {{ sliced(
        ref('int_identity__people'),
        by='record_key',
        reached_by=[(ref('int_identity__links'), 'stated_record_key', 'record_key')]
    ) }}

),

links as (

    select *
    from {{ sliced(
        ref('int_identity__links'),
        by='record_key',
        reached_by=[
            (ref('int_identity__links'), 'node_key', 'node_key'),
            (ref('int_identity__people'), 'record_key', 'stated_record_key'),
        ]
    ) }}

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
