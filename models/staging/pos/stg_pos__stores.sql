{{ config(materialized='tracked') }} {#- read by slices of what happens there -#}

with

source as (

    select * from {{ raw_rows('pos', 'stores') }}

)

select
    'pos:store:' || store_id as store_key,
    {{ clean_text('name') }} as name,
    {{ clean_text('city') }} as city,
    {{ clean_text('region') }} as region,
    {{ clean_country('country_code') }} as country_code,
    {{ clean_text('postal_code') }} as postal_code,
    case when abs(latitude) <= 90 then latitude end as latitude,
    case when abs(longitude) <= 180 then longitude end as longitude,
    time_zone,
    opened_on,
    deleted_at,
    _loaded_at
from source
