with

people as (

    select * from {{ ref('stg_demographics__people') }}
    where
        email_sha256 is not null
        and deleted_at is null

)

{{ attribute_rows(
    'people',
    keys={'record_key': record_key('demographics', 'email_hash', 'email_sha256')},
    columns=[
        'age_band', 'income_band', 'household_size', 'home_ownership', 'education',
        'occupation', 'marital_status', 'has_children', 'lifestyle_segment',
        'interests',
    ],
    as_of='cast(as_of as timestamp)',
) }}
