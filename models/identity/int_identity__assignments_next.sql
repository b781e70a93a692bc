with

clusters as (

    select
        *,
        count(*) over (partition by entity_key) as entity_records
    from {{ ref('int_identity__clusters') }}

),

registry as (

    select * from {{ ref('int_identity__record_registry') }}

),

identifying_records as (

    select distinct identifiers.record_key
    from {{ ref('int_identity__identifiers') }} as identifiers
    inner join {{ ref('identity_rules') }} as rules
        on identifiers.identifier_type = rules.identifier_type
    where rules.identifies_person

),

customers as (

    select
        clusters.cluster_key,
        count(*) as record_count,
        max(
            case
                when clusters.entity_key <> clusters.cluster_key
                    then clusters.confidence
            end
        ) as best_match,
        count(identifying_records.record_key) > 0 as is_identified

    from clusters
    left join identifying_records
        on clusters.record_key = identifying_records.record_key
    group by clusters.cluster_key

),

-- Records of one customer that a steward said are one.
together as (

    select
        one.record_key,
        other.record_key as other_record_key
    from {{ ref('int_identity__decisions') }} as decisions
    inner join clusters as one on decisions.record_key = one.record_key
    inner join clusters as other on decisions.other_record_key = other.record_key
    where
        decisions.decision = 'must_link'
        and one.cluster_key = other.cluster_key

),

decided as (

    select record_key from together
    union
    select other_record_key as record_key from together

),

people as (

    select
        clusters.record_key,
        cast(null as timestamp) as valid_from,
        cast(null as timestamp) as valid_to,
        clusters.cluster_key,
        case
            when customers.record_count = 1 then 'single'
            when decided.record_key is not null then 'steward'
            when clusters.entity_key <> clusters.cluster_key then 'probabilistic'
            when clusters.entity_records = 1 then 'probabilistic'
            else 'deterministic'
        end as link_type,
        -- A founder that nothing but matches tie to others is as sure as the best.
        case
            when
                clusters.entity_records = 1
                and clusters.entity_key = clusters.cluster_key
                then coalesce(customers.best_match, 1)
            else clusters.confidence
        end as confidence,
        customers.is_identified

    from clusters
    inner join customers on clusters.cluster_key = customers.cluster_key
    left join decided on clusters.record_key = decided.record_key

),

owned_devices as (

    select
        intervals.device_record_key as record_key,
        intervals.valid_from,
        intervals.valid_to,
        people.cluster_key,
        case
            when people.link_type = 'probabilistic' then 'probabilistic'
            else 'deterministic'
        end as link_type,
        people.confidence,
        people.is_identified

    from {{ ref('int_identity__device_intervals') }} as intervals
    inner join people on intervals.owner_record_key = people.record_key

),

unowned_devices as (

    select
        registry.record_key,
        cast(null as timestamp) as valid_from,
        cast(null as timestamp) as valid_to,
        registry.record_seq as cluster_key,
        'single' as link_type,
        cast(1 as double) as confidence,
        false as is_identified

    from registry
    left join {{ ref('int_identity__device_intervals') }} as intervals
        on registry.record_key = intervals.device_record_key
    where registry.is_device and intervals.device_record_key is null

),

united as (

    select * from people
    union all
    select * from owned_devices
    union all
    select * from unowned_devices

)

select
    record_key,
    valid_from,
    valid_to,
    'C' || lpad(cast(cluster_key as varchar), 10, '0') as customer_id,
    link_type,
    confidence,
    is_identified

from united
