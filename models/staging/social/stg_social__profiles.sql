{{ config(materialized='tracked') }} {#- core__profiles is read by slices -#}

with

posts as (

    select * from {{ ref('stg_social__posts') }}
    where author_id is not null

),

-- Every post repeats its author: one version for each different thing it says.
authors as (

    select
        author_id,
        author_name,
        author_email,
        min(posted_at) as created_at,
        max(posted_at) as updated_at,
        min(source_row) as source_row

    from posts
    group by author_id, author_name, author_email

)

select
    {{ record_key('social', 'author', 'author_id') }} as record_key,
    'social' as source_system,
    'author' as entity,
    author_id as record_id,
    author_name as full_name,
    author_email as email,
    created_at,
    updated_at,
    source_row,
    {{ unstated_columns('profiles', [
        'given_name', 'middle_name', 'family_name', 'birth_date', 'gender', 'phone',
        'street', 'city', 'region', 'postal_code', 'country_code', 'company',
        'account_key', 'job_title', 'language', 'time_zone', 'deleted_at',
    ]) }}
from authors
