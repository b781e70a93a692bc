select *
from {{ ref('core__profiles') }}
qualify row_number() over (
    partition by record_key
    order by updated_at desc nulls last, source_row desc nulls last
) = 1
