{{ config(materialized='tracked') }} {#- attribution, built by slices, looks it up -#}

-- Recursive: a walk takes as many steps as the longest way to an end.
with recursive

paths as (

    select * from {{ ref('touch_paths') }}

),

ends as (

    select
        ended_in,
        path_key,
        case when order_key is null then '(lost)' else '(sold)' end as path_end
    from paths
    where position = 1

),

steps as (

    select
        ended_in,
        '(start)' as state,
        channel as next_state
    from paths
    where position = 1

    union all

    select
        paths.ended_in,
        paths.channel as state,
        coalesce(
            lead(paths.channel) over (
                partition by paths.path_key
                order by paths.position
            ),
            ends.path_end
        ) as next_state
    from paths
    inner join ends on paths.path_key = ends.path_key

),

-- Kept, or each step of the walks would read all paths again.
transitions as {{ kept() }} (

    select
        ended_in,
        state,
        next_state,
        cast(count(*) as double)
        / sum(count(*)) over (partition by ended_in, state) as probability
    from steps
    group by ended_in, state, next_state

),

seen as (

    select
        ended_in,
        channel,
        count(distinct path_key) as path_count,
        count(distinct order_key) as sold_path_count
    from paths
    group by ended_in, channel

),

-- Once for each channel, as if whoever is led to it were lost.
starts as (

    select
        ended_in,
        channel as removed,
        '(start)' as state,
        cast(1 as double) as share
    from seen

),

walks as (

    {{ walked_shares('starts', 'transitions') }}

),

sold_without as (

    select
        ended_in,
        removed,
        sum(share) as share
    from walks
    where state = '(sold)'
    group by ended_in, removed

),

sold as (

    select
        ended_in,
        avg(case when path_end = '(sold)' then 1 else 0 end) as share
    from ends
    group by ended_in

)

-- Rounded, so that a sum in another order is the same figure.
select
    seen.ended_in as month,
    seen.channel,
    seen.path_count,
    seen.sold_path_count,
    round(
        1 - coalesce(sold_without.share, 0) / nullif(sold.share, 0), 9
    ) as removal_effect
from seen
inner join sold on seen.ended_in = sold.ended_in
left join sold_without
    on
        seen.ended_in = sold_without.ended_in
        and seen.channel = sold_without.removed
