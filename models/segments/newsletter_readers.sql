{{ config(meta={
    'name': 'Newsletter readers',
    'kind': 'behavioural',
    'description': 'Followed a link in three messages or more.',
}) }}

select customer_id
from {{ ref('interactions') }}
where
    interaction_type = 'clicked'
    and direction = 'inbound'
group by customer_id
having count(distinct coalesce(campaign_key, interaction_id)) >= 3
