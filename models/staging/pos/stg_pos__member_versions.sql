{{ config(materialized='sliced', unique_key='loyalty_id') }}

with

source as (

    select * from {{ raw_rows('pos', 'members', versions='all', by='loyalty_id') }}

),

versions as (

    select * from source
    where loyalty_id is not null
    qualify {{ is_change('loyalty_id', [
        'title', 'first_name', 'last_name', 'birth_date', 'gender', 'email', 'phone',
        'street', 'city', 'postal_code', 'country_code', 'app_user_id',
    ]) }}

),

located as (

    select
        * exclude (country_code),
        {{ clean_country('country_code') }} as country_code

    from versions

),

cleaned as (

    select
        loyalty_id,
        {{ clean_text('title') }} as title,
        {{ clean_name('first_name') }} as first_name,
        {{ clean_name('last_name') }} as last_name,
        {{ clean_birth_date('birth_date', '%d/%m/%Y') }} as birth_date,
        {{ birth_date_problem('birth_date', '%d/%m/%Y') }} as birth_date_problem,
        {{ clean_gender('gender') }} as gender,
        {{ clean_email('email') }} as email,
        {{ clean_phone('phone', 'country_code') }} as phone,
        {{ clean_text('street') }} as street,
        {{ clean_text('city') }} as city,
        {{ clean_postal_code('postal_code', 'country_code') }} as postal_code,
        country_code,
        cast(joined_on as timestamp) as joined_at,
        home_store_id,
        app_user_id,
        updated_at,
        row_number() over (
            partition by loyalty_id
            order by source_row desc
        ) = 1 as is_latest,
        deleted_at,
        source_row,
        _loaded_at

    from located

)

select * from cleaned
