select
    device_record_key,
    record_key,
    occurred_at as observed_at,
    'seen' as kind,
    source_row
from {{ ref('stg_snowplow_web__events') }}
where device_record_key is not null and record_key is not null
