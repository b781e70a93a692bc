{{ config(materialized='tracked') }} {#- who is usable is told by slices -#}

with

asked as (

    select *
    from {{ source('ops', 'restrictions') }}

)

-- After a merge the one customer is restricted if either was.
select
    aliases.current_customer_id as customer_id,
    min(asked.restricted_at) as restricted_at
from asked
inner join {{ ref('identity_aliases') }} as aliases
    on asked.customer_id = aliases.customer_id
where aliases.current_customer_id is not null
group by aliases.current_customer_id
