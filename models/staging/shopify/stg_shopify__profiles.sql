with

customers as (

    select
        {{ record_key('shopify', 'customer', 'customer_id') }} as record_key,
        'customer' as entity,
        customer_id as record_id,
        first_name,
        last_name,
        email,
        phone,
        street,
        city,
        region,
        postal_code,
        country_code,
        company,
        created_at,
        updated_at,
        source_row

    from {{ ref('stg_shopify__customer_versions') }}

),

guests as (

    select
        record_key,
        'guest' as entity,
        order_id as record_id,
        first_name,
        last_name,
        email,
        phone,
        street,
        city,
        region,
        postal_code,
        country_code,
        company,
        ordered_at as created_at,
        ordered_at as updated_at,
        source_row

    from {{ ref('stg_shopify__order_records') }}
    where customer_id is null and not is_test

),

people as (

    select * from customers

    union all

    select * from guests

)

select
    record_key,
    'shopify' as source_system,
    entity,
    record_id,
    first_name as given_name,
    last_name as family_name,
    email,
    phone,
    street,
    city,
    region,
    postal_code,
    country_code,
    company,
    created_at,
    updated_at,
    source_row,
    {{ unstated_columns('profiles', [
        'middle_name', 'full_name', 'birth_date', 'gender', 'account_key', 'job_title',
        'language', 'time_zone', 'deleted_at',
    ]) }}
from people
