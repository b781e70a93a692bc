with

areas as (

    select * from {{ ref('stg_demographics__areas') }}
    where
        postal_code is not null
        and deleted_at is null

)

{{ attribute_rows(
    'areas',
    keys={'country_code': 'country_code', 'postal_code': 'postal_code'},
    columns=['median_income', 'population', 'urbanicity', 'deprivation_decile'],
    as_of='cast(as_of as timestamp)',
) }}
