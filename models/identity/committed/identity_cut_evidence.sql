{{ config(materialized='view') }} {#- a filter over tables that are there already -#}

select cuts.*
from {{ ref('int_identity__cut_links') }} as cuts
left join {{ ref('identity_rules') }} as rules
    on cuts.identifier_type = rules.identifier_type
where coalesce(rules.joins_records, true)
