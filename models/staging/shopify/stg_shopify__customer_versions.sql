{{ config(materialized='sliced', unique_key='customer_id') }}

with

source as (

    select * from {{ raw_rows(
        'shopify', 'customers', versions='all', by='id'
    ) }}

),

versions as (

    select
        *,
        {{ json_fields('default_address', [
            'address1', 'address2', 'city', 'province', 'country', 'country_code',
            'zip', 'phone', 'company',
        ]) }} as address,
        {{ json_fields('email_marketing_consent', [
            'state', 'opt_in_level', 'consent_updated_at',
        ]) }} as email_consent,
        {{ json_fields('sms_marketing_consent', [
            'state', 'opt_in_level', 'consent_updated_at',
        ]) }} as sms_consent

    from source
    where id is not null
    qualify {{ is_change('id', [
        'email', 'phone', 'first_name', 'last_name', 'state', 'verified_email', 'tags',
        'email_marketing_consent', 'sms_marketing_consent', 'default_address',
    ]) }}

),

located as (

    select
        *,
        {{ clean_country('coalesce(address.country_code, address.country)') }}
            as country_code

    from versions

),

cleaned as (

    select
        id as customer_id,
        {{ clean_email('email') }} as email,
        verified_email as is_email_verified,
        {{ clean_phone('coalesce(phone, address.phone)', 'country_code') }} as phone,
        {{ clean_name('first_name') }} as first_name,
        {{ clean_name('last_name') }} as last_name,
        {{ clean_text("concat_ws(' ', address.address1, address.address2)") }}
            as street,
        {{ clean_text('address.city') }} as city,
        {{ clean_text('address.province') }} as region,
        {{ clean_postal_code('address.zip', 'country_code') }} as postal_code,
        country_code,
        {{ clean_text('address.company') }} as company,
        lower(state) as account_state,
        tags,
        lower(email_consent.state) as email_consent_state,
        email_consent.opt_in_level as email_opt_in_level,
        {{ cast_raw('email_consent.consent_updated_at', 'timestamp') }}
            as email_consent_at,
        lower(sms_consent.state) as sms_consent_state,
        sms_consent.opt_in_level as sms_opt_in_level,
        {{ cast_raw('sms_consent.consent_updated_at', 'timestamp') }} as sms_consent_at,
        created_at,
        updated_at,
        row_number() over (
            partition by id
            order by source_row desc
        ) = 1 as is_latest,
        source_row,
        _loaded_at

    from located

)

select * from cleaned
