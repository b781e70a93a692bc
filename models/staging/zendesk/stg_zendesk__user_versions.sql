with

source as (

    select * from {{ raw_rows('zendesk', 'users', versions='all') }}

),

-- Users have no address; the region of their locale is where they most likely dial.
located as (

    select
        *,
        upper(regexp_extract(locale, '[-_]([A-Za-z]{2})$', 1)) as dialling_country

    from source

),

cleaned as (

    select
        id as user_id,
        role,
        external_id,
        -- A user who wrote in without a name is called by the address.
        case
            when name not like '%@%' then {{ clean_name('name') }}
        end as full_name,
        {{ clean_email('email') }} as email,
        {{ clean_phone('phone', 'dialling_country') }} as phone,
        verified as is_verified,
        suspended as is_suspended,
        {{ clean_language('locale') }} as language,
        time_zone,
        tags,
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
