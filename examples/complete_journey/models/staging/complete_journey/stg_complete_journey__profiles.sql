with

households as (

    select
        record_key,
        'complete_journey' as source_system,
        'household' as entity,
        household_id as record_id,
        min(sold_at) as created_at,
        min(source_row) as source_row,
        {{ customer360.unstated_columns('profiles', [
            'given_name', 'middle_name', 'family_name', 'full_name', 'birth_date',
            'gender', 'email', 'phone', 'street', 'city', 'region', 'postal_code',
            'country_code', 'company', 'account_key', 'job_title', 'language',
            'time_zone', 'updated_at', 'deleted_at',
        ]) }}

    from {{ ref('stg_complete_journey__transactions') }}
    group by record_key, household_id

)

select * from households
