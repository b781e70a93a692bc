{{ config(materialized='tracked') }} {#- golden records are made by slices -#}

with

asked as (

    select *
    from {{ source('ops', 'rectifications') }}

),

-- After a merge the last word on either holds for the one customer.
ranked as (

    select
        aliases.current_customer_id as customer_id,
        asked.attribute,
        asked.value,
        asked.rectification_id,
        asked.rectified_at,
        row_number() over (
            partition by aliases.current_customer_id, asked.attribute
            order by asked.rectified_at desc, asked.rectification_id desc
        ) as place
    from asked
    inner join {{ ref('identity_aliases') }} as aliases
        on asked.customer_id = aliases.customer_id
    where aliases.current_customer_id is not null

)

select
    customer_id,
    attribute,
    value,
    rectification_id,
    rectified_at
from ranked
where place = 1
