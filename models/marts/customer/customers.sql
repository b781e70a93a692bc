with

agreed as (

    select
        customer_id,
        bool_or(is_granted and channel = 'email') as to_email,
        bool_or(is_granted and channel = 'sms') as to_sms,
        bool_or(is_granted and channel = 'phone') as to_phone,
        bool_or(is_granted and channel = 'post') as to_post,
        bool_or(is_granted and channel = 'ads') as to_ads
    from {{ ref('consents') }}
    where purpose = 'marketing'
    group by customer_id

)

select
    person.customer_id,
    person.display_name,
    person.given_name,
    person.middle_name,
    person.family_name,
    person.birth_date,
    person.gender,
    person.email,
    person.phone,
    person.street,
    person.city,
    person.region,
    person.postal_code,
    person.country_code,
    person.language,
    person.time_zone,
    person.company,
    person.job_title,
    person.account_key,
    belongs.account_id,
    belongs.household_id,

    records.record_count,
    records.source_count,
    records.identifier_count,
    least(
        records.first_seen_at, engagement.first_interaction_at, orders.first_order_at
    ) as first_seen_at,
    greatest(
        records.last_seen_at, engagement.last_interaction_at, orders.last_order_at
    ) as last_seen_at,

    coalesce(orders.order_count, 0) as order_count,
    cast(coalesce(orders.revenue_reporting, 0) as decimal(18, 2)) as revenue_reporting,
    cast(orders.average_order_value_reporting as decimal(18, 2))
        as average_order_value_reporting,
    orders.first_order_at,
    orders.last_order_at,
    orders.average_days_between_orders,
    orders.favourite_category,
    orders.favourite_channel,
    engagement.preferred_contact_hour,
    records.loyalty_points,
    contacts.refund_count,
    contacts.refunded_reporting,
    contacts.running_subscription_count,
    contacts.store_visit_count,
    contacts.last_store_visit_at,
    cast(contacts.ticket_count as integer) as ticket_count,
    cast(contacts.open_ticket_count as integer) as open_ticket_count,
    contacts.call_count,

    rfm.recency_score as rfm_recency_score,
    rfm.frequency_score as rfm_frequency_score,
    rfm.monetary_score as rfm_monetary_score,
    rfm.rfm_segment,
    worth.lifetime_value_reporting,
    worth.value_decile,
    worth.probability_active,
    churn.churn_probability,
    churn.churn_risk,
    churn.first_reason as first_churn_reason,
    clusters.cluster_name,
    coalesce(anomalies.is_anomalous, false) as is_anomalous,
    anomalies.looks_like as anomaly_looks_like,
    case
        when orders.order_count is null then 'prospect'
        when orders.days_since_last_order > {{ var('churn_horizon_days') }}
            then 'lapsed'
        when orders.order_count = 1 then 'new'
        else 'active'
    end as lifecycle_stage,

    situation.session_count,
    situation.last_session_at,
    situation.journey_stage,
    case when restricted.customer_id is null then situation.next_likely_stage end
        as next_likely_stage,

    opinions.latest_nps,
    opinions.latest_csat,
    opinions.latest_ces,
    opinions.is_waiting_for_contact,
    opinions.social_mention_count,
    opinions.lifestyle_segment,
    opinions.interests,
    feelings.mean_score as sentiment_score,
    feelings.latest_label as latest_sentiment,

    restricted.customer_id is not null as is_restricted,
    coalesce(agreed.to_email and person.email is not null, false)
        as is_contactable_email,
    coalesce(agreed.to_sms and person.phone is not null, false) as is_contactable_sms,
    coalesce(agreed.to_phone and person.phone is not null, false)
        as is_contactable_phone,
    coalesce(
        agreed.to_post and person.street is not null and person.city is not null, false
    ) as is_contactable_post,
    coalesce(
        agreed.to_ads and coalesce(person.email, person.phone) is not null, false
    ) as is_contactable_ads
from {{ ref('golden_record') }} as person
inner join {{ ref('customer_record_features') }} as records
    on person.customer_id = records.customer_id
inner join {{ ref('customer_contacts') }} as contacts
    on person.customer_id = contacts.customer_id
inner join {{ ref('customer_opinions') }} as opinions
    on person.customer_id = opinions.customer_id
inner join {{ ref('customer_situation') }} as situation
    on person.customer_id = situation.customer_id
left join {{ ref('customer_groups') }} as belongs
    on person.customer_id = belongs.customer_id
left join {{ ref('customer_order_features') }} as orders
    on person.customer_id = orders.customer_id
left join {{ ref('customer_engagement_features') }} as engagement
    on person.customer_id = engagement.customer_id
left join {{ ref('customer_rfm') }} as rfm
    on person.customer_id = rfm.customer_id
left join {{ ref('customer_value') }} as worth
    on person.customer_id = worth.customer_id
left join {{ ref('customer_churn') }} as churn
    on person.customer_id = churn.customer_id
left join {{ ref('customer_clusters') }} as clusters
    on person.customer_id = clusters.customer_id
left join {{ ref('customer_anomalies') }} as anomalies
    on person.customer_id = anomalies.customer_id
left join {{ ref('customer_sentiment') }} as feelings
    on person.customer_id = feelings.customer_id
left join {{ ref('restricted_customers') }} as restricted
    on person.customer_id = restricted.customer_id
left join agreed on person.customer_id = agreed.customer_id
