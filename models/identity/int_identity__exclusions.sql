with

rules as (

    select * from {{ ref('exclusion_rules') }}

),

-- Of identifiers the valid ones only: a clerk who types the shop's own address into the
-- forms of fifty customers makes no employees of them.
stated as (

    select
        record_key,
        identifier_type as attribute,
        identifier_value as value
    from {{ ref('int_identity__identifiers') }}
    where not is_derived

    union all

    select
        record_key,
        name as attribute,
        value
    from {{ ref('core__attributes') }}

)

select distinct
    stated.record_key,
    rules.attribute,
    rules.pattern,
    rules.reason
from stated
inner join rules
    on
        stated.attribute = rules.attribute
        and lower(stated.value) like rules.pattern
