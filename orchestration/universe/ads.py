"""The advertising platforms: campaigns and what each cost and brought per day."""

from __future__ import annotations

import duckdb

from orchestration.universe.landing import Landing
from orchestration.universe.world import Drop

_RESTATED_DAYS = 2
"""Platforms correct the last days, so each later drop brings them again."""

_CAMPAIGNS = """
select
    platform,
    'acct-' || platform as account_id,
    campaign_id,
    upper(utm_campaign) || ' | ' || channel_type as campaign_name,
    ['conversions', 'awareness', 'traffic'][1 + a % 3] as objective,
    channel_type,
    if(end_date < timestamp '{until}', 'ended', 'active') as status,
    start_date,
    end_date,
    utm_source,
    utm_medium,
    utm_campaign
from ad_campaigns
where start_date < timestamp '{until}'
order by platform, campaign_id
"""

_DAILY = """
with

days as (

    select
        ad_campaigns.*,
        cast(unnest(generate_series(start_date, end_date, interval 1 day)) as date)
            as date
    from ad_campaigns

),

drawn as (

    select
        *,
        cast(round(
            (200 + {customers} / 10.0) * (0.5 + u(concat(a, date), 'impressions'))
        ) as bigint) as impressions,
        0.01 + 0.02 * u(concat(a, date), 'clicks') as rate
    from days

)

select
    date,
    platform,
    'acct-' || platform as account_id,
    campaign_id,
    'USD' as currency,
    money(impressions * rate * (0.35 + 0.9 * u(concat(a, date), 'price'))) as cost,
    impressions,
    cast(round(impressions * rate) as bigint) as clicks,
    money(round(impressions * rate * 0.03 * u(concat(a, date), 'conversions'), 1))
        as conversions,
    money(impressions * rate * 2.1 * u(concat(a, date), 'conversions'))
        as conversion_value
from drawn
where date >= cast(timestamp '{since}' as date) - {restated}
    and date < cast(timestamp '{until}' as date)
order by date, platform, campaign_id
"""


def write_ads(con: duckdb.DuckDBPyConnection, landing: Landing, drop: Drop) -> None:
    """Write all campaigns, and the performance of the days of this drop."""
    if not landing.is_first:
        return
    landing.csv(con, "ads", "campaigns", _CAMPAIGNS.format(until=drop.until))
    daily = _DAILY.format(
        customers=drop.world.customers,
        since=drop.world.start if drop.day is None else drop.since,
        restated=0 if drop.day is None else _RESTATED_DAYS,
        until=drop.until,
    )
    landing.csv(con, "ads", "daily_performance", daily)
