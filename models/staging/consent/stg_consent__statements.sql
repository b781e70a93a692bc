{{ config(materialized='sliced', unique_key='statement_id') }}

with

source as (

    select * from {{ raw_rows('consent', 'statements', by='statement_id') }}

),

cleaned as (

    select
        statement_id,
        {{ sha256_hex('coalesce(subject_id, email, phone)') }} as subject_key,
        subject_id as shop_customer_id,
        {{ clean_email('email') }} as email,
        {{ clean_phone('phone', "left(upper(jurisdiction), 2)") }} as phone,
        lower(purpose) as purpose,
        lower(channel) as channel,
        lower(status) as status,
        lower(legal_basis) as legal_basis,
        stated_at,
        expires_at,
        upper(jurisdiction) as jurisdiction,
        concat_ws(': ', source, evidence) as evidence,
        source_row,
        _loaded_at

    from source

)

select * from cleaned
