-- Not every ticket complains; a bad rating and a low answer do.
with

events as (

    select
        customer_id,
        ordered_at as happened_at,
        'sale' as kind
    from {{ ref('orders') }}
    where is_sale

    union all

    select
        customer_id,
        coalesce(solved_at, opened_at) as happened_at,
        'complaint' as kind
    from {{ ref('tickets') }}
    where satisfaction = 'bad'

    union all

    select
        customer_id,
        answered_at as happened_at,
        'complaint' as kind
    from {{ ref('survey_responses') }}
    where nps_group = 'detractor' or not is_satisfied

    union all

    select
        customer_id,
        refunded_at as happened_at,
        'refund' as kind
    from {{ ref('refunds') }}
    where is_given_back

),

-- Of a sale and a trouble at one time the trouble is later: it is about the sale.
followed as (

    select
        *,
        lag(kind) over (
            partition by customer_id
            order by happened_at asc, kind = 'sale' desc
        ) as previous_kind,
        row_number() over (
            partition by customer_id, kind
            order by happened_at
        ) as occurrence,
        happened_at + interval '{{ var("churn_horizon_days") }}' day as lapses_at,
        lead(happened_at) over (
            partition by customer_id, kind
            order by happened_at
        ) as next_at
    from events
    where customer_id is not null

),

moments as (

    select
        customer_id,
        case kind when 'sale' then 'first order' else 'first complaint' end as moment,
        happened_at
    from followed
    where kind in ('sale', 'complaint') and occurrence = 1

    union all

    select
        customer_id,
        'refund' as moment,
        happened_at
    from followed
    where kind = 'refund'

    union all

    select
        customer_id,
        'recovery' as moment,
        happened_at
    from followed
    where kind = 'sale' and previous_kind <> 'sale'

    union all

    select
        customer_id,
        'lapse' as moment,
        lapses_at as happened_at
    from followed
    where kind = 'sale' and (next_at is null or lapses_at < next_at)

    union all

    select
        customer_id,
        'return' as moment,
        next_at as happened_at
    from followed
    where kind = 'sale' and lapses_at < next_at

)

select distinct
    moments.customer_id,
    moments.moment,
    moments.happened_at
from moments
inner join {{ ref('golden_record') }} as identified
    on moments.customer_id = identified.customer_id
inner join {{ ref('core__as_of') }} as cut_off
    on moments.happened_at <= cut_off.as_of
