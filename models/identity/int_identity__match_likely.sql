select *
from {{ ref('int_identity__match_scores') }}
where match_weight >= {{ match_model().settings.queue or 0 }}
