with

measured as (

    select * from {{ source('ops', 'identity_quality') }}

)

select
    identity_version,
    measured_at,
    basis,
    metric,
    dimension,
    value,
    lag(value) over (
        partition by basis, metric, dimension
        order by identity_version
    ) as previous_value

from measured
