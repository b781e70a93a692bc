{{ config(materialized='sliced', unique_key='profile_id') }}

with

source as (

    select * from {{ raw_rows('klaviyo', 'profiles', versions='all', by='id') }}

),

extracted as (

    select
        id as profile_id,
        {{ json_text('attributes', 'email') }} as email,
        {{ json_text('attributes', 'phone_number') }} as phone,
        {{ json_text('attributes', 'external_id') }} as external_id,
        {{ json_text('attributes', 'first_name') }} as first_name,
        {{ json_text('attributes', 'last_name') }} as last_name,
        {{ json_text('attributes', 'organization') }} as organization,
        {{ json_text('attributes', 'title') }} as title,
        {{ json_text('attributes', 'locale') }} as locale,
        {{ json_text('attributes', 'location.address1') }} as address1,
        {{ json_text('attributes', 'location.city') }} as city,
        {{ json_text('attributes', 'location.region') }} as region,
        {{ json_text('attributes', 'location.zip') }} as zip,
        {{ json_text('attributes', 'location.country') }} as country,
        {{ json_text('attributes', 'location.timezone') }} as time_zone,
        {{ json_text('attributes', 'created') }} as created,
        {{ json_text('attributes', 'updated') }} as updated,
        {{ json_text('attributes', 'properties') }} as properties,
        {{ json_text('attributes', 'subscriptions.email.marketing') }}
            as email_marketing,
        {{ json_text('attributes', 'subscriptions.sms.marketing') }} as sms_marketing,
        source_row,
        _loaded_at

    from source

),

located as (

    select
        *,
        {{ clean_country('country') }} as country_code

    from extracted

),

cleaned as (

    select
        profile_id,
        external_id,
        {{ clean_email('email') }} as email,
        {{ clean_phone('phone', 'country_code') }} as phone,
        {{ clean_name('first_name') }} as first_name,
        {{ clean_name('last_name') }} as last_name,
        {{ clean_text('organization') }} as organization,
        {{ clean_text('title') }} as job_title,
        {{ clean_language('locale') }} as language,
        {{ clean_text('address1') }} as street,
        {{ clean_text('city') }} as city,
        {{ clean_text('region') }} as region,
        {{ clean_postal_code('zip', 'country_code') }} as postal_code,
        country_code,
        time_zone,
        {{ cast_raw('created', 'timestamp') }} as created_at,
        {{ cast_raw('updated', 'timestamp') }} as updated_at,
        {{ cast_raw('properties', 'json') }} as properties,
        {{ json_text('email_marketing', 'consent') }} as email_consent,
        {{ cast_raw(json_text('email_marketing', 'timestamp'), 'timestamp') }}
            as email_consent_at,
        {{ json_text('sms_marketing', 'consent') }} as sms_consent,
        {{ cast_raw(json_text('sms_marketing', 'timestamp'), 'timestamp') }}
            as sms_consent_at,
        row_number() over (
            partition by profile_id
            order by source_row desc
        ) = 1 as is_latest,
        source_row,
        _loaded_at

    from located

)

select * from cleaned
