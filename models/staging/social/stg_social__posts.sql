with

source as (

    select * from {{ raw_rows('social', 'posts') }}

),

extracted as (

    select
        *,
        lower(network) as network_name,
        lower(
            trim(leading '@' from trim({{ json_text('author', 'handle') }}))
        ) as author_handle,
        {{ json_text('author', 'name') }} as author_full_name,
        {{ json_text('author', 'email') }} as author_email_address

    from source

),

cleaned as (

    select
        id as post_id,
        network_name as network,
        network_name || '/' || nullif(author_handle, '') as author_id,
        nullif(author_handle, '') as author_handle,
        {{ clean_name('author_full_name') }} as author_name,
        {{ clean_email('author_email_address') }} as author_email,
        {{ cast_raw(json_text('author', 'followers'), 'bigint') }} as author_followers,
        {{ cast_raw(json_text('author', 'verified'), 'boolean') }}
            as author_is_verified,
        lower(kind) as kind,
        nullif(trim(text), '') as text,
        {{ clean_language('lang') }} as language,
        created_at as posted_at,
        permalink,
        in_reply_to,
        likes,
        shares,
        hashtags,
        product_sku,
        source_row,
        _loaded_at

    from extracted

)

select * from cleaned
