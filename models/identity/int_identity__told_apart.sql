with

entities as (

    select * from {{ ref('int_identity__entities') }}

),

sharers as (

    select distinct
        entities.entity_key,
        names.given_name,
        extract(year from names.birth_date) as birth_year,
        groups.node_key,
        groups.name_group

    from {{ ref('int_identity__node_names') }} as names
    inner join {{ ref('int_identity__name_groups') }} as groups
        on names.node_key = groups.node_key and names.name = groups.name
    inner join entities on names.record_key = entities.record_key

)

select
    one.entity_key as one_entity_key,
    other.entity_key as other_entity_key,
    coalesce(max(abs(one.birth_year - other.birth_year)), 0) >= 14
    or not bool_and(
        {{ may_be_one_given_name('one.given_name', 'other.given_name') }}
    ) as is_certain

from sharers as one
inner join sharers as other
    on
        one.node_key = other.node_key
        and one.entity_key < other.entity_key
        and one.name_group <> other.name_group
group by
    one.entity_key,
    other.entity_key
