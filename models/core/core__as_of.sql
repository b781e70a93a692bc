{{ config(materialized='tracked') }} {#- what it passes is built by slices -#}

with

seen as (

    select occurred_at as seen_at from {{ ref('core__interactions') }}

    union all

    select ordered_at as seen_at from {{ ref('core__orders') }}

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
-- A clock set wrong somewhere must not make lapsed customers of all others.
where seen_at <= {{ run_moment() }}
