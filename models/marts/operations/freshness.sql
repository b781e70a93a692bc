with

judged as (

    select * from {{ source('ops', 'freshness') }}

)

select
    source_system,
    source_table,
    last_file,
    last_file_at,
    last_dropped_on,
    last_batch_id,
    last_batch_status,
    last_event_at,
    policy,
    stale_after_hours,
    stale_at,
    ({{ epoch_seconds('judged_at') }} - {{ epoch_seconds('last_file_at') }}) / 3600.0
        as age_hours,
    is_stale,
    judged_at

from judged
