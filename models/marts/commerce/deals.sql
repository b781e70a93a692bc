select
    deals.deal_key,
    deals.customer_id,
    deals.is_excluded,
    deals.record_key,
    deals.account_key,
    accounts.account_id,

    deals.created_at,
    deals.closed_at,
    deals.status,
    deals.reason,

    deals.currency,
    deals.amount,
    {{ to_reporting('deals.amount') }} as amount_reporting
from {{ with_customer(ref('core__deals'), at='created_at') }} as deals
left join {{ ref('account_keys') }} as accounts
    on deals.account_key = accounts.account_key
left join {{ ref('core__fx_rates') }} as fx
    on {{ fx_at('deals.currency', 'deals.created_at') }}
