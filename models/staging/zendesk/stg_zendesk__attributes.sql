with

users as (

    select
        {{ record_key('zendesk', 'user', 'user_id') }} as record_key,
        updated_at as as_of,
        {{ json_texts('tags') }} as tag

    from {{ ref('stg_zendesk__user_versions') }}
    where
        is_latest
        and role = 'end-user'

)

select
    record_key,
    'tag' as name,
    tag as value,
    max(as_of) as as_of
from users
where tag <> ''
group by record_key, tag
