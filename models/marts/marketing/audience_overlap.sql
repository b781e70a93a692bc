with

sizes as (

    select
        audience_id,
        count(*) as member_count
    from {{ ref('audience_members') }}
    group by audience_id

),

shared as (

    select
        ours.audience_id,
        theirs.audience_id as other_audience_id,
        count(*) as common_count
    from {{ ref('audience_members') }} as ours
    inner join {{ ref('audience_members') }} as theirs
        on
            ours.customer_id = theirs.customer_id
            and ours.audience_id <> theirs.audience_id
    group by ours.audience_id, theirs.audience_id

)

select
    shared.audience_id,
    shared.other_audience_id,
    shared.common_count,
    cast(shared.common_count as double) / sizes.member_count as common_share
from shared
inner join sizes on shared.audience_id = sizes.audience_id
