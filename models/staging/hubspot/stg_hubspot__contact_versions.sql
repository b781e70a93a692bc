with

source as (

    select * from {{ raw_rows('hubspot', 'contacts', versions='all') }}

),

-- In an older snapshot every row looks deleted; a contact is when all its rows do.
kept as (

    select
        * exclude (deleted_at),
        case
            when bool_and(deleted_at is not null) over (partition by record_id)
                then deleted_at
        end as deleted_at

    from source
    where record_id is not null

),

versions as (

    select * from kept
    qualify {{ is_change('record_id', [
        'first_name', 'last_name', 'email', 'phone_number', 'mobile_phone_number',
        'job_title', 'company_name', 'associated_company_ids_primary',
        'lifecycle_stage', 'lead_status', 'contact_owner', 'street_address', 'city',
        'state_region', 'postal_code', 'country_region', 'preferred_language',
        'date_of_birth', 'gender', 'merged_contact_ids',
    ]) }}

),

located as (

    select
        *,
        {{ clean_country('country_region') }} as country_code

    from versions

),

cleaned as (

    select
        record_id as contact_id,
        {{ clean_name('first_name') }} as first_name,
        {{ clean_name('last_name') }} as last_name,
        {{ clean_email('email') }} as email,
        {{ clean_phone('phone_number', 'country_code') }} as phone,
        {{ clean_phone('mobile_phone_number', 'country_code') }} as mobile_phone,
        {{ clean_text('job_title') }} as job_title,
        {{ clean_text('company_name') }} as company,
        associated_company_ids_primary as company_id,
        lower(lifecycle_stage) as lifecycle_stage,
        lower(lead_status) as lead_status,
        contact_owner as owner,
        {{ clean_text('street_address') }} as street,
        {{ clean_text('city') }} as city,
        {{ clean_text('state_region') }} as region,
        {{ clean_postal_code('postal_code', 'country_code') }} as postal_code,
        country_code,
        {{ clean_language('preferred_language') }} as language,
        {{ clean_birth_date('date_of_birth') }} as birth_date,
        {{ birth_date_problem('date_of_birth') }} as birth_date_problem,
        {{ clean_gender('gender') }} as gender,
        merged_contact_ids,
        create_date as created_at,
        last_modified_date as updated_at,
        deleted_at,
        row_number() over (
            partition by record_id
            order by source_row desc
        ) = 1 as is_latest,
        source_row,
        _loaded_at

    from located

)

select * from cleaned
