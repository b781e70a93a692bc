with

people as (

    select * from {{ ref('golden_record') }}

),

-- A record states all its tags at once: they are one statement.
latest as (

    select *
    from {{ with_customer(ref('core__attributes'), at='as_of') }} as attributes
    where
        value is not null
        and name not like 'experiment:%'
    qualify rank() over (
        partition by customer_id, name
        order by as_of desc nulls last, record_key asc
    ) = 1

),

stated as (

    select
        customer_id,
        name as trait,
        {{ joined_text('value', '|') }} as value,
        max(as_of) as as_of,
        'person' as said_of
    from latest
    group by customer_id, name

),

of_areas as (

    select
        people.customer_id,
        areas.name as trait,
        areas.value,
        areas.as_of,
        'area' as said_of
    from {{ ref('core__area_attributes') }} as areas
    inner join people
        on
            areas.country_code = people.country_code
            and areas.postal_code = people.postal_code
    where areas.value is not null
    qualify row_number() over (
        partition by people.customer_id, areas.name
        order by areas.as_of desc nulls last, areas.value asc
    ) = 1

),

traits as (

    select * from stated

    union all

    select * from of_areas

)

select
    traits.customer_id,
    traits.said_of,
    traits.trait,
    traits.value,
    traits.as_of
from traits
inner join people on traits.customer_id = people.customer_id
