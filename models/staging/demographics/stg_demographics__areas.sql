with

source as (

    select * from {{ raw_rows('demographics', 'areas') }}

),

cleaned as (

    select
        upper(country_code) as country_code,
        {{ clean_postal_code('postal_code', 'upper(country_code)') }} as postal_code,
        median_income,
        population,
        lower(urbanicity) as urbanicity,
        deprivation_decile,
        as_of,
        deleted_at,
        _loaded_at

    from source

)

select * from cleaned
