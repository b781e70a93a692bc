with

-- A logout says who left, not who came.
sightings as (

    select
        observations.device_record_key,
        observations.observed_at,
        clusters.cluster_key,
        min(observations.record_key) as record_key

    from {{ ref('core__device_observations') }} as observations
    inner join {{ ref('int_identity__clusters') }} as clusters
        on observations.record_key = clusters.record_key
    where
        observations.observed_at is not null
        and coalesce(observations.kind, 'seen') <> 'logout'
    group by
        observations.device_record_key,
        observations.observed_at,
        clusters.cluster_key

),

-- Of two people at the same instant, the one known longer has the device.
ordered as (

    select
        *,
        row_number() over (
            partition by device_record_key, observed_at
            order by cluster_key
        ) as place

    from sightings

),

compared as (

    select
        *,
        lag(cluster_key) over (
            partition by device_record_key
            order by observed_at
        ) as previous_cluster_key

    from ordered
    where place = 1

),

handovers as (

    select *
    from compared
    where previous_cluster_key is null or previous_cluster_key <> cluster_key

)

select
    device_record_key,
    -- What the device did before its first login was done by whoever then logged in.
    case when previous_cluster_key is not null then observed_at end as valid_from,
    lead(observed_at) over (
        partition by device_record_key
        order by observed_at
    ) as valid_to,
    record_key as owner_record_key

from handovers
