{{ config(meta={
    'name': 'Thank the champions',
    'description': 'Bought lately, often and for much, with no case open: a thank-you.',
    'purpose': 'marketing',
    'channel': 'email',
    'frequency_cap': {'contacts': 6, 'days': 30},
    'control_share': 0.1,
}) }}

select customer_id
from {{ ref('customers') }}
where
    rfm_segment = 'champions'
    and open_ticket_count = 0
