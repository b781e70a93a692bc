{{ config(materialized='sliced', unique_key='customer_id') }}

{%- set window = "interval '" ~ var('attribution_window_days') ~ "' day" %}

with

sales as (

    select * from {{ sliced(ref('customer_sales'), by='customer_id') }}

),

followed as (

    select
        *,
        lag(touched_at) over (
            partition by customer_id, channel, campaign_key
            order by touched_at, touch_id
        ) as previous_touched_at
    from {{ sliced(ref('customer_touches'), by='customer_id') }}

),

-- A click, the visit that it opens and the order placed in that are one touch.
touches as (

    select
        touch_id,
        customer_id,
        touched_at,
        campaign_key,
        channel
    from followed
    where
        previous_touched_at is null
        or previous_touched_at
        < touched_at - interval '{{ var("session_timeout_minutes") }}' minute

),

won as (

    select
        sales.order_key as path_key,
        sales.order_key,
        sales.customer_id,
        sales.ordered_at as ended_at,
        sales.revenue_reporting,
        coalesce(touches.touch_id, 'direct:' || sales.order_key) as touch_id,
        coalesce(touches.touched_at, sales.ordered_at) as touched_at,
        touches.campaign_key,
        coalesce(touches.channel, 'direct') as channel
    from sales
    left join touches
        on
            sales.customer_id = touches.customer_id
            and sales.ordered_at >= touches.touched_at
            and sales.ordered_at - {{ window }} <= touches.touched_at

),

fruitless as (

    select
        touches.*,
        lag(touches.touched_at) over (
            partition by touches.customer_id
            order by touches.touched_at, touches.touch_id
        ) as previous_touched_at
    from touches
    left join won on touches.touch_id = won.touch_id
    where won.touch_id is null

),

-- A sale between two of them would have been the end of the first within the window.
parted as (

    select
        *,
        case
            when
                previous_touched_at is null
                or previous_touched_at < touched_at - {{ window }}
                then touch_id
        end as first_touch_id
    from fruitless

),

named as (

    select
        *,
        coalesce(
            first_touch_id,
            {{ last_known('first_touch_id', 'customer_id', 'touched_at, touch_id') }}
        ) as path_key
    from parted

),

lost as (

    select
        path_key,
        cast(null as varchar) as order_key,
        customer_id,
        max(touched_at) over (partition by path_key) as ended_at,
        cast(null as decimal(18, 2)) as revenue_reporting,
        touch_id,
        touched_at,
        campaign_key,
        channel
    from named

),

paths as (

    select * from won

    union all

    select * from lost

)

select
    *,
    cast(date_trunc('month', ended_at) as date) as ended_in,
    row_number() over (
        partition by path_key
        order by touched_at, touch_id
    ) as position,
    count(*) over (partition by path_key) as touch_count
from paths
