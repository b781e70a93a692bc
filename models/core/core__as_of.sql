with

seen as (

    select max(occurred_at) as seen_at from {{ ref('core__interactions') }}

    union all

    select max(ordered_at) as seen_at from {{ ref('core__orders') }}

)

select
    coalesce(
        {%- if var('as_of') %}
        cast('{{ var("as_of") }}' as timestamp),
        {%- endif %}
        max(seen_at),
        cast('1970-01-01' as timestamp)
    ) as as_of
from seen
