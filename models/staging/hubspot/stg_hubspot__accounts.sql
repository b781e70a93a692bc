with

source as (

    select * from {{ raw_rows('hubspot', 'companies') }}

)

select
    'hubspot:company:' || record_id as account_key,
    {{ clean_text('company_name') }} as name,
    nullif(
        regexp_replace(
            lower(trim(company_domain_name)), '^(https?://)?(www\.)?|/.*$', '', 'g'
        ),
        ''
    ) as domain,
    {{ clean_text('industry') }} as industry,
    number_of_employees as employees,
    {{ clean_country('country_region') }} as country_code,
    {{ clean_text('city') }} as city,
    create_date as created_at,
    deleted_at,
    _loaded_at
from source
