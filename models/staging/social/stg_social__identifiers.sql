{{ config(materialized='tracked') }} {#- core__identifiers is read by slices -#}

with

-- An author who posts a thousand times states the same handle a thousand times.
authors as (

    select
        author_id,
        network,
        author_handle,
        author_email,
        min(posted_at) as seen_at,
        min(source_row) as source_row

    from {{ ref('stg_social__posts') }}
    where author_id is not null
    group by author_id, network, author_handle, author_email

)

{{ identifier_feed(
    'authors',
    system='social',
    entity='author',
    record_id='author_id',
    seen_at='seen_at',
    identifiers=[
        {
            'type': 'social_handle',
            'column': 'author_handle',
            'namespace_column': 'network',
        },
        {'type': 'email', 'column': 'author_email'},
    ],
) }}
