"""Totals at both ends of the pipeline: the text of raw tables, and the marts."""

from __future__ import annotations

from pathlib import Path

import duckdb

_MONEY = "decimal(18, 2)"

_RAW = f"""
select 'web orders' as total, currency, count(*) as n,
    sum(cast(total_price as {_MONEY})) as amount
from raw_shopify.orders where test = 'false' group by all
union all
select 'web refunds', currency, count(*), sum(cast(paid.amount as {_MONEY}))
from (
    select currency, unnest(from_json(refund.transactions, '[{{"amount": "VARCHAR"}}]'))
        as paid
    from (
        select currency, unnest(from_json(refunds, '[{{"transactions": "VARCHAR"}}]'))
            as refund
        from raw_shopify.orders where test = 'false'
    )
)
group by all
union all
select if(starts_with(total, '-'), 'till returns', 'till sales'), currency, count(*),
    sum(abs(cast(total as {_MONEY})))
from (select distinct transaction_id, currency, total from raw_pos.transactions)
group by all
union all
select 'calls', null, count(distinct message_id), null
from raw_segment.events where type in ('page', 'screen', 'track')
    and context not like '%bingbot%'
union all
select 'mails', null, count(*), null
from raw_klaviyo.events where attributes not like '%Assigned to Experiment%'
union all
select 'answers', null, count(*), sum(try_cast(score as {_MONEY}))
from raw_surveys.responses where try_cast(score as double) is not null
union all
select 'tickets', null, count(distinct id), null from raw_zendesk.tickets
union all
select 'contracts', currency_code, count(distinct id), null
from raw_shopify.subscription_contracts group by all
"""

_MARTS = """
select if(source_system = 'shopify', 'web orders', 'till sales') as total, currency,
    count(*) as n, sum(net) as amount
from marts.orders group by all
union all
select if(starts_with(refund_key, 'shopify'), 'web refunds', 'till returns'), currency,
    count(*), sum(amount)
from marts.refunds group by all
union all
select 'calls', null, count(*), null
from marts.interactions where source_system = 'segment'
union all
select 'mails', null, count(*), null
from marts.interactions where source_system = 'klaviyo'
union all
select 'answers', null, count(*), sum(score)
from marts.survey_responses where starts_with(response_key, 'surveys')
union all
select 'tickets', null, count(*), null from marts.tickets
union all
select 'contracts', currency, count(*), null from marts.subscriptions group by all
"""


def unequal_totals(warehouse: Path) -> list[tuple]:
    """Return the totals that differ: name, currency, and both counts and amounts."""
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        assert connection.execute(f"select count(*) from ({_MARTS})").fetchone()[0] > 10
        return connection.execute(
            f"""
            select raw.*, marts.*
            from ({_RAW}) as raw
            full outer join ({_MARTS}) as marts
                on
                    raw.total = marts.total
                    and raw.currency is not distinct from marts.currency
            where raw.n is distinct from marts.n
                or raw.amount is distinct from marts.amount
            """
        ).fetchall()
