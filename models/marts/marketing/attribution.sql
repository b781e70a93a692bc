{%- set slice = "case when model = 'markov' then 'markov:' || order_key "
    ~ "else order_key end" -%}
{{ config(materialized='sliced', unique_key=slice) }}

{%- set models = attribution_models() %}

with

-- What channels did in a month changes every day, and moves the credit of one model.
journeys as (

    select
        *,
        false as is_markov
    from {{ sliced(ref('touch_paths'), by='order_key') }}
    where order_key is not null

    union all

    select
        *,
        true as is_markov
    from {{ sliced(
        ref('touch_paths'),
        by="'markov:' || order_key",
        reached_by=[(ref('channel_effects'), 'month', 'ended_in')]
    ) }}
    where order_key is not null

),

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
    from journeys
    window path as (partition by path_key, is_markov)

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
        path as (partition by path_key, is_markov),
        up_to as (
            partition by path_key, is_markov
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
    where {{ 'is_markov' if name == 'markov' else 'not is_markov' }}
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
