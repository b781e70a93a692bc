{{ config(materialized='tracked') }} {#- core__interactions is read by slices -#}

with

posts as (

    select * from {{ ref('stg_social__posts') }}

)

select
    'social:post:' || network || '/' || post_id as interaction_id,
    {{ record_key('social', 'author', 'author_id') }} as record_key,
    'social' as source_system,
    posted_at as occurred_at,
    'inbound' as direction,
    'social' as channel,
    case kind
        when 'post' then 'posted'
        when 'mention' then 'mentioned'
        when 'comment' then 'commented'
        when 'review' then 'reviewed'
        else 'other'
    end as interaction_type,
    text as body,
    permalink as url,
    {{ json_object({
        'network': 'network',
        'language': 'language',
        'likes': 'likes',
        'shares': 'shares',
        'followers': 'author_followers',
        'is_verified': 'author_is_verified',
        'hashtags': json_value('hashtags'),
        'in_reply_to': 'in_reply_to',
        'product_sku': 'product_sku',
    }) }} as attributes,
    {{ unstated_columns('interactions', [
        'device_record_key', 'subject', 'product_key', 'order_key', 'campaign_key',
        'referrer', 'utm_source', 'utm_medium', 'utm_campaign', 'click_id', 'latitude',
        'longitude',
    ]) }}
from posts
