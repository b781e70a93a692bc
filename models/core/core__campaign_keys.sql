{{ config(materialized='tracked') }} {#- marts built by slices look it up -#}

with

stated as (

    select
        lower(utm_campaign) as utm_campaign,
        campaign_key

    from {{ ref('core__campaigns') }}
    where utm_campaign is not null

),

aliases as (

    select
        lower(utm_campaign) as utm_campaign,
        campaign_key

    from {{ ref('campaign_aliases') }}

),

-- A utm_campaign that two campaigns use tells neither from the other.
unambiguous as (

    select
        utm_campaign,
        min(campaign_key) as campaign_key

    from stated
    group by utm_campaign
    having count(distinct campaign_key) = 1

)

select
    utm_campaign,
    campaign_key

from aliases

union all

select
    unambiguous.utm_campaign,
    unambiguous.campaign_key

from unambiguous
left join aliases on unambiguous.utm_campaign = aliases.utm_campaign
where aliases.utm_campaign is null
