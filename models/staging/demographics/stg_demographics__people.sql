with

source as (

    select * from {{ raw_rows('demographics', 'people') }}

),

cleaned as (

    select
        -- Anything but 64 hexadecimal digits is no SHA-256.
        case
            when regexp_matches(lower(email_sha256), '^[0-9a-f]{64}$')
                then lower(email_sha256)
        end as email_sha256,
        lower(age_band) as age_band,
        lower(income_band) as income_band,
        household_size,
        lower(home_ownership) as home_ownership,
        lower(education) as education,
        lower(occupation) as occupation,
        lower(marital_status) as marital_status,
        has_children,
        lifestyle_segment,
        lower(interests) as interests,
        as_of,
        deleted_at,
        source_row,
        _loaded_at

    from source

)

select * from cleaned
