with

mentions as (

    select
        *,
        upper(trim({{ json_text('attributes', 'product_sku') }})) as product_sku
    from {{ ref('interactions') }}
    where
        direction = 'inbound'
        and interaction_type in ('posted', 'mentioned', 'commented', 'reviewed')

),

products as (

    select distinct
        sku,
        product_key
    from {{ ref('core__product_keys') }}
    where sku is not null

)

select
    mentions.interaction_id as mention_id,
    mentions.customer_id,
    mentions.is_excluded,
    mentions.record_key,

    mentions.occurred_at as mentioned_at,
    {{ json_text('mentions.attributes', 'network') }} as network,
    mentions.interaction_type as mention_type,
    mentions.body,
    sentiments.label as sentiment,
    sentiments.score as sentiment_score,
    {{ json_text('mentions.attributes', 'language') }} as language,
    mentions.url,
    {{ json_text('mentions.attributes', 'in_reply_to') }} as in_reply_to,
    coalesce(mentions.product_key, products.product_key) as product_key,

    cast({{ json_text('mentions.attributes', 'likes') }} as bigint) as like_count,
    cast({{ json_text('mentions.attributes', 'shares') }} as bigint) as share_count,
    cast({{ json_text('mentions.attributes', 'followers') }} as bigint)
        as follower_count
from mentions
left join products on mentions.product_sku = products.sku
left join {{ source('scores', 'text_sentiment') }} as sentiments
    on mentions.interaction_id = sentiments.text_key
