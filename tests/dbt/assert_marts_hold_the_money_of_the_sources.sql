{%- set facts = [
    ('orders', 'orders', 'net', 'currency'),
    ('order_lines', 'order_lines', 'net', 'currency'),
    ('refunds', 'refunds', 'amount', 'currency'),
    ('payments', 'payments', 'amount', 'currency'),
    ('deals', 'deals', 'amount', 'currency'),
    ('loyalty_movements', 'loyalty', 'points', "'points'"),
] %}
-- What all systems state of money and points is in the marts to the cent, by currency.
with

stated as (

    {%- for feed, mart, amount, currency in facts %}
    {%- for system in var('feeds').get(feed) or [] %}
    select
        '{{ mart }}' as mart,
        {{ currency }} as currency,
        count(*) as row_count,
        -- A feed holds cents; where a system states less, each row is rounded there.
        sum(cast({{ amount }} as decimal(18, 2))) as amount
    from {{ ref('stg_' ~ system ~ '__' ~ feed) }}
    group by all
    having count(*) > 0

    union all
    {% endfor %}
    {%- endfor %}

    select
        null as mart,
        null as currency,
        0 as row_count,
        0 as amount
    where false

),

held as (

    {%- for feed, mart, amount, currency in facts %}
    select
        '{{ mart }}' as mart,
        {{ currency }} as currency,
        count(*) as row_count,
        sum({{ amount }}) as amount
    from {{ ref(mart) }}
    group by all
    -- Points have no currency: grouped by constants alone, no rows would be one row.
    having count(*) > 0
    {{ "union all" if not loop.last }}
    {%- endfor %}

),

totals as (

    select
        mart,
        currency,
        sum(row_count) as row_count,
        sum(amount) as amount
    from stated
    group by mart, currency

)

select
    coalesce(totals.mart, held.mart) as mart,
    coalesce(totals.currency, held.currency) as currency,
    totals.row_count as stated_rows,
    held.row_count as held_rows,
    totals.amount as stated_amount,
    held.amount as held_amount
from totals
full outer join held
    on
        totals.mart = held.mart
        and totals.currency is not distinct from held.currency
where
    totals.row_count is distinct from held.row_count
    or totals.amount is distinct from held.amount
