{{ config(materialized='sliced', unique_key='customer_id') }}

{%- set models = attribution_models() %}

with

paths as (

    select
        *,
        coalesce(
            max(case when channel <> 'direct' then position end) over path,
            touch_count
        ) as last_led_position,
        (
            {{ epoch_seconds('max(touched_at) over path') }}
            - {{ epoch_seconds('touched_at') }}
        ) / 86400 as days_before_last
    from {{ sliced(
        ref('touch_paths'),
        by='customer_id',
        reached_by=[(ref('channel_effects'), 'month', 'ended_in')]
    ) }}
    where order_key is not null
    window path as (partition by path_key)

),

weighed as (

    select
        {%- for name, weight in models.items() %}
        cast({{ weight }} as double) as {{ name }}_weight,
        {%- endfor %}
        paths.*
    from paths
    left join {{ ref('channel_effects') }} as effects
        on
            paths.ended_in = effects.month
            and paths.channel = effects.channel

),

-- The share of a path up to and with a touch: what is rounded there is exact in sum.
shared as (

    select
        {%- for name in models %}
        cast(
            sum({{ name }}_weight) over up_to / sum({{ name }}_weight) over path
            as decimal(10, 9)
        ) as {{ name }}_share,
        {%- endfor %}
        weighed.*
    from weighed
    window
        path as (partition by path_key),
        up_to as (
            partition by path_key
            order by position
            rows between unbounded preceding and current row
        )

),

credited as (

    {%- for name in models %}
    select
        *,
        '{{ name }}' as model,
        {{ name }}_share as share,
        coalesce(
            lag({{ name }}_share) over (partition by path_key order by position), 0
        ) as share_before
    from shared
    {%- if not loop.last %}

    union all
    {% endif %}
    {%- endfor %}

)

select
    order_key,
    touch_id,
    model,
    customer_id,
    ended_at as ordered_at,
    touched_at,
    channel,
    campaign_key,
    cast(position as integer) as position,
    cast(touch_count as integer) as touch_count,
    cast(share - share_before as decimal(10, 9)) as credit,
    cast(
        round(revenue_reporting * share, 2) - round(revenue_reporting * share_before, 2)
        as decimal(18, 2)
    ) as revenue_reporting
from credited
where share > share_before
