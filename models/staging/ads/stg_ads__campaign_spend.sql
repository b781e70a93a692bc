with

performance as (

    select * from {{ ref('stg_ads__daily_performance') }}

)

select
    'ads:campaign:' || platform || '/' || campaign_id as campaign_key,
    day,
    cost,
    currency,
    impressions,
    clicks
from performance
