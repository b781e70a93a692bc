{{ config(materialized='sliced', unique_key='touch_id') }}

select
    touches.touch_id,
    touches.customer_id,
    touches.touched_at,
    touches.campaign_key,
    coalesce(campaigns.channel, touches.medium) as channel
from {{ with_customer(
    ref('core__touches'),
    at='touched_at',
    device='device_record_key',
    by='touch_id',
    reached_by=[(ref('core__campaigns'), 'campaign_key', 'campaign_key')]
) }} as touches
left join {{ ref('core__campaigns') }} as campaigns
    on touches.campaign_key = campaigns.campaign_key
where touches.customer_id is not null and not touches.is_excluded
