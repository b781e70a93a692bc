{{ config(materialized='view') }}

select
    one_entity_key,
    other_entity_key,
    given_name_level = 'same' as are_namesakes

from {{ ref('int_identity__match_likely') }}
where has_families and {{ match_relation('relative') }}
