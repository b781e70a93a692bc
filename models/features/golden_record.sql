with

winners as (

    select * from {{ ref('golden_record_winners') }}

),

identified as (

    select distinct customer_id
    from {{ ref('identity_map') }}
    where is_identified and not is_excluded

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
    left join {{ ref('core__current_profiles') }} as profiles
        on winners.record_key = profiles.record_key
    group by winners.customer_id

)

select
    identified.customer_id,
    coalesce(
        nullif(concat_ws(' ', won.given_name, won.family_name), ''),
        won.full_name,
        won.email,
        won.phone,
        'Customer ' || identified.customer_id
    ) as display_name,
    won.given_name,
    won.middle_name,
    won.family_name,
    won.birth_date,
    won.gender,
    won.email,
    won.phone,
    won.street,
    won.city,
    won.region,
    won.postal_code,
    won.country_code,
    won.company,
    won.job_title,
    won.account_key,
    won.language,
    won.time_zone
from identified
left join won on identified.customer_id = won.customer_id
