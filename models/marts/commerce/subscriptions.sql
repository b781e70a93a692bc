select
    subscriptions.subscription_key,
    subscriptions.customer_id,
    subscriptions.is_excluded,
    subscriptions.record_key,

    subscriptions.started_at,
    subscriptions.ended_at,
    subscriptions.status,
    subscriptions.reason,
    coalesce(subscriptions.started_at <= cut_off.as_of, false)
    and coalesce(subscriptions.ended_at > cut_off.as_of, true) as is_running,

    subscriptions.currency,
    subscriptions.amount,
    {{ to_reporting('subscriptions.amount') }} as amount_reporting
from {{ with_customer(ref('core__subscriptions'), at='started_at') }} as subscriptions
cross join {{ ref('core__as_of') }} as cut_off
left join {{ ref('core__fx_rates') }} as fx
    on {{ fx_at('subscriptions.currency', 'subscriptions.started_at') }}
