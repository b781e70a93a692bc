with

calls as (

    select * from {{ ref('stg_segment__events') }}
    where
        call_type = 'alias'
        and not is_bot
        and previous_id <> user_id

),

people as (

    select distinct user_id from {{ ref('stg_segment__events') }}

)

select
    {{ record_key('segment', 'user', 'calls.previous_id') }} as from_record_key,
    calls.record_key as to_record_key,
    'alias' as relation,
    min(calls.occurred_at) as seen_at
from calls
inner join people on calls.previous_id = people.user_id
group by calls.previous_id, calls.record_key
