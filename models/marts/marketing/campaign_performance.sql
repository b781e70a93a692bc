{%- set models = attribution_models().keys() | reject('eq', 'last_non_direct') | list %}

with

spend as (

    select
        spend.campaign_key,
        sum(spend.impressions) as impressions,
        sum(spend.clicks) as ad_clicks,
        sum({{ to_reporting('spend.cost') }}) as cost_reporting
    from {{ ref('core__campaign_spend') }} as spend
    left join {{ ref('core__fx_rates') }} as fx
        on {{ fx_at('spend.currency', 'spend.day') }}
    group by spend.campaign_key

),

-- People, not messages: a message opened ten times was opened by one.
messages as (

    select
        {%- for name, types in {
            'sent': "'received', 'bounced'",
            'opened': "'opened'",
            'clicked': "'clicked'",
            'bounced': "'bounced'",
            'complained': "'complained'",
            'unsubscribed': "'unsubscribed'",
        }.items() %}
        count(distinct case
            when interaction_type in ({{ types }}) then record_key
        end) as {{ name }}_count,
        {%- endfor %}
        campaign_key
    from {{ with_customer(
        ref('core__interactions'), at='occurred_at', device='device_record_key'
    ) }} as interactions
    where campaign_key is not null and not is_excluded
    group by campaign_key

),

sessions as (

    select
        campaign_key,
        count(*) as session_count
    from {{ with_customer(
        ref('core__sessions'), at='started_at', device='device_record_key'
    ) }} as sessions
    where campaign_key is not null and not is_excluded
    group by campaign_key

),

attributed as (

    select
        campaign_key,
        {%- for model in models %}
        sum(case when model = '{{ model }}' then revenue_reporting end)
            as {{ model }}_revenue,
        {%- endfor %}
        sum(case when model = 'last_non_direct' then revenue_reporting end) as revenue,
        count(case when model = 'last_non_direct' then 1 end) as order_count,
        count(distinct case when model = 'last_non_direct' then customer_id end)
            as customer_count
    from {{ ref('attribution') }}
    where campaign_key is not null
    group by campaign_key

)

select
    campaigns.campaign_key,
    campaigns.name,
    campaigns.channel,
    campaigns.medium,
    campaigns.utm_campaign,
    campaigns.starts_at,
    campaigns.ends_at,

    cast(coalesce(spend.cost_reporting, 0) as decimal(18, 2)) as cost_reporting,
    cast(coalesce(spend.impressions, 0) as bigint) as impression_count,
    cast(coalesce(spend.ad_clicks, 0) as bigint) as ad_click_count,

    {% for name in (
        'sent', 'opened', 'clicked', 'bounced', 'complained', 'unsubscribed'
    ) -%}
    coalesce(messages.{{ name }}_count, 0) as {{ name }}_count,
    {% endfor %}
    coalesce(sessions.session_count, 0) as session_count,
    coalesce(attributed.order_count, 0) as attributed_order_count,
    coalesce(attributed.customer_count, 0) as attributed_customer_count,
    cast(coalesce(attributed.revenue, 0) as decimal(18, 2))
        as attributed_revenue_reporting,
    cast(
        coalesce(attributed.revenue, 0) - spend.cost_reporting as double
    ) / nullif(spend.cost_reporting, 0) as return_on_spend,
    {% for model in models -%}
    cast(coalesce(attributed.{{ model }}_revenue, 0) as decimal(18, 2))
        as {{ model }}_revenue_reporting,
    cast(coalesce(attributed.{{ model }}_revenue, 0) as double)
    / nullif(spend.cost_reporting, 0) as {{ model }}_roas,
    {% endfor %}
    cast(coalesce(attributed.revenue, 0) as double)
    / nullif(spend.cost_reporting, 0) as roas
from {{ ref('core__campaigns') }} as campaigns
left join spend on campaigns.campaign_key = spend.campaign_key
left join messages on campaigns.campaign_key = messages.campaign_key
left join sessions on campaigns.campaign_key = sessions.campaign_key
left join attributed on campaigns.campaign_key = attributed.campaign_key
