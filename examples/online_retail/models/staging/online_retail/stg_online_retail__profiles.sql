with

-- Eight customers moved to another country: each country is a version of the record.
versions as (

    select
        record_key,
        customer_id,
        country,
        min(invoiced_at) as created_at,
        max(invoiced_at) as updated_at,
        min(source_row) as source_row

    from {{ ref('stg_online_retail__transactions') }}
    where customer_id is not null
    group by record_key, customer_id, country

)

select
    record_key,
    'online_retail' as source_system,
    'customer' as entity,
    customer_id as record_id,
    case country
        when 'RSA' then 'ZA'
        else {{ customer360.clean_country('country') }}
    end as country_code,
    created_at,
    updated_at,
    source_row,
    {{ customer360.unstated_columns('profiles', [
        'given_name', 'middle_name', 'family_name', 'full_name', 'birth_date', 'gender',
        'email', 'phone', 'street', 'city', 'region', 'postal_code', 'company',
        'account_key', 'job_title', 'language', 'time_zone', 'deleted_at',
    ]) }}
from versions
