-- Joining customers and products on must leave every fact there once.
{%- set facts = {
    'orders': 'core__orders',
    'order_lines': 'core__order_lines',
    'refunds': 'core__refunds',
    'payments': 'core__payments',
    'subscriptions': 'core__subscriptions',
    'loyalty': 'core__loyalty_movements',
    'deals': 'core__deals',
    'stores': 'core__stores',
    'interactions': 'core__interactions',
    'events': 'core__session_events',
    'sessions': 'core__sessions',
    'tickets': 'core__tickets',
    'survey_responses': 'core__survey_responses',
} %}

with

counted as (

    {%- for mart, feed in facts.items() %}
    select
        '{{ mart }}' as mart,
        (select count(*) from {{ ref(mart) }}) as mart_rows,
        (select count(*) from {{ ref(feed) }}) as feed_rows
    {{ "union all" if not loop.last }}
    {%- endfor %}

)

select *
from counted
where mart_rows <> feed_rows
