{{ config(materialized='tracked') }} {#- nodes are made by slices -#}

select
    record_key,
    record_seq
from {{ ref('int_identity__record_registry') }}
where not is_device
