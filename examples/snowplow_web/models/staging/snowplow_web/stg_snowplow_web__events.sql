with

received as (

    select
        *,
        -- A list in a list, at times.
        nullif(
            regexp_extract(
                contexts_com_snowplowanalytics_snowplow_web_page_1_0_0,
                '"id"\s*:\s*"([^"]+)"',
                1
            ),
            ''
        ) as page_view_id

    from {{ customer360.raw_rows('snowplow_web', 'events') }}
    where
        not regexp_matches(
            coalesce(contexts_com_iab_snowplow_spiders_and_robots_1_0_0, ''),
            '"spiderOrRobot"\s*:\s*true'
        )

),

-- Trackers repeat themselves: the first to be received counts.
events as (

    select * from received
    qualify row_number() over (
        partition by event_id
        order by collector_tstamp, dvce_created_tstamp, source_row
    ) = 1

),

viewed as (

    select
        *,
        -- Whatever proves first in a session that a page is open is the view of it: its
        -- event, or a ping if that came with a session before.
        event_name in ('page_view', 'page_ping')
        and row_number() over (
            partition by domain_sessionid, page_view_id
            order by
                event_name not in ('page_view', 'page_ping'),
                derived_tstamp,
                event_id
        ) = 1 as is_page_view

    from events

)

select
    'snowplow_web:event:' || event_id as interaction_id,
    event_id,
    event_name,
    is_page_view,
    user_id,
    {{ customer360.record_key('snowplow_web', 'user', 'user_id') }} as record_key,
    domain_userid,
    {{ customer360.record_key('snowplow_web', 'cookie', 'domain_userid') }}
        as device_record_key,
    derived_tstamp as occurred_at,
    page_url,
    page_title,
    page_referrer,
    mkt_source,
    mkt_medium,
    mkt_campaign,
    mkt_clickid,
    unstruct_event_com_snowplowanalytics_snowplow_consent_preferences_1_0_0
        as answer,
    source_row
from viewed
