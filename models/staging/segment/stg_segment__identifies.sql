{{ config(materialized='sliced', unique_key='message_id') }}

with

calls as (

    select
        *,
        {{ json_fields('traits', [
            'email', 'phone', 'firstName', 'lastName', 'name', 'birthday', 'gender',
            'company', 'title', 'address', 'createdAt',
        ]) }} as trait

    from {{ sliced(ref('stg_segment__events'), by='message_id') }}
    where
        call_type = 'identify'
        and user_id is not null
        and not is_bot

),

addressed as (

    select
        *,
        {{ json_fields('trait.address', [
            'street', 'city', 'state', 'postalCode', 'country',
        ]) }} as address

    from calls

),

located as (

    select
        *,
        {{ clean_country(
            "coalesce(address.country, location_country, split_part(locale, '-', 2))"
        ) }} as country_code

    from addressed

)

select
    message_id,
    user_id,
    anonymous_id,
    {{ clean_email('trait.email') }} as email,
    {{ clean_phone('trait.phone', 'country_code') }} as phone,
    {{ clean_name('trait.firstName') }} as first_name,
    {{ clean_name('trait.lastName') }} as last_name,
    {{ clean_name('trait.name') }} as full_name,
    {{ clean_birth_date('left(trait.birthday, 10)') }} as birth_date,
    {{ clean_gender('trait.gender') }} as gender,
    {{ clean_text('trait.company') }} as company,
    {{ clean_text('trait.title') }} as job_title,
    {{ clean_text('address.street') }} as street,
    {{ clean_text('address.city') }} as city,
    {{ clean_text('address.state') }} as region,
    {{ clean_postal_code('address.postalCode', 'country_code') }} as postal_code,
    case when address.country is not null then country_code end as country_code,
    {{ clean_language('locale') }} as language,
    time_zone,
    {{ cast_raw('trait.createdAt', 'timestamp') }} as created_at,
    occurred_at as stated_at,
    source_row
from located
