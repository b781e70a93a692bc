{{ config(materialized='sliced', unique_key='customer_id') }}

{%- set corrected = [
    'given_name', 'middle_name', 'family_name', 'birth_date', 'gender', 'email',
    'phone', 'street', 'city', 'region', 'postal_code', 'country_code', 'company',
    'job_title', 'language', 'time_zone',
] %}

with

winners as (

    select * from {{ sliced(ref('golden_record_winners'), by='customer_id') }}

),

identified as (

    select distinct customer_id
    from {{ sliced(
        ref('identity_map'),
        by='customer_id',
        columns=['customer_id', 'is_identified', 'is_excluded']
    ) }}
    where is_identified and not is_excluded

),

-- What was corrected on request wins over whatever a system says.
rectified as (

    select
        {%- for column in corrected %}
        max(case when attribute = '{{ column }}' then value end) as {{ column }},
        {%- endfor %}
        customer_id
    from {{ sliced(ref('rectified_values'), by='customer_id') }}
    group by customer_id

),

-- The winning record gives all parts of its group, so that no address is a mixture.
won as (

    select
        winners.customer_id,
        {%- for group, columns in golden_attributes().items() %}
        {%- for column in columns %}
        max(case
            when winners.attribute_group = '{{ group }}' then profiles.{{ column }}
        end) as {{ column }},
        {%- endfor %}
        {%- endfor %}
        max(case when winners.attribute_group = 'email' then winners.value end)
            as email,
        max(case when winners.attribute_group = 'phone' then winners.value end)
            as phone
    from winners
    left join {{ sliced(
        ref('core__current_profiles'),
        by='customer_id',
        through=(ref('golden_record_winners'), 'record_key', 'record_key')
    ) }} as profiles
        on winners.record_key = profiles.record_key
    group by winners.customer_id

)

select
    identified.customer_id,
    coalesce(
        nullif(
            concat_ws(
                ' ',
                coalesce(rectified.given_name, won.given_name),
                coalesce(rectified.family_name, won.family_name)
            ),
            ''
        ),
        won.full_name,
        rectified.email,
        won.email,
        rectified.phone,
        won.phone,
        'Customer ' || identified.customer_id
    ) as display_name,
    {%- for column in corrected if column != 'birth_date' %}
    coalesce(rectified.{{ column }}, won.{{ column }}) as {{ column }},
    {%- endfor %}
    coalesce(cast(rectified.birth_date as date), won.birth_date) as birth_date,
    won.account_key
from identified
left join won on identified.customer_id = won.customer_id
left join rectified on identified.customer_id = rectified.customer_id
