{{ config(meta={
    'name': 'Ask promoters for a review',
    'description': 'Would recommend us (9 or 10 at the latest NPS question) and have not said so in public.',
    'purpose': 'marketing',
    'channel': 'email',
    'frequency_cap': {'contacts': 6, 'days': 30},
}) }}

select person.customer_id
from {{ ref('customers') }} as person
left join {{ ref('interactions') }} as reviews
    on
        person.customer_id = reviews.customer_id
        and reviews.interaction_type = 'reviewed'
where
    {{ nps_group('person.latest_nps') }} = 'promoter'
    and person.open_ticket_count = 0
    and reviews.customer_id is null
