{{ config(materialized='sliced', unique_key='record_key') }}

select *
from {{ sliced(ref('core__profiles'), by='record_key') }}
qualify row_number() over (
    partition by record_key
    order by updated_at desc nulls last, source_row desc nulls last
) = 1
