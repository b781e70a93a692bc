with

assignments as (

    select distinct
        record_key,
        customer_id,
        is_identified
    from {{ ref('int_identity__assignments_next') }}

),

people as (

    select assignments.*
    from assignments
    inner join {{ ref('int_identity__clusters') }} as clusters
        on assignments.record_key = clusters.record_key

),

described as (

    select
        people.customer_id,
        count(distinct descriptions.given_name) as given_names,
        count(distinct descriptions.family_name) as family_names,
        count(distinct descriptions.country_code || ' ' || descriptions.postal_code)
            as postcodes

    from people
    inner join {{ ref('int_identity__descriptions') }} as descriptions
        on people.record_key = descriptions.record_key
    group by people.customer_id

),

sizes as (

    select
        customer_id,
        count(*) as records,
        bool_or(is_identified) as is_identified

    from people
    group by customer_id

),

record_systems as (

    select
        split_part(people.record_key, ':', 1) as source_system,
        sizes.records > 1 as is_matched

    from people
    inner join sizes on people.customer_id = sizes.customer_id

),

metrics as (

    select
        'customers' as metric,
        '' as dimension,
        count(*) as value
    from sizes
    where is_identified

    union all

    select
        'visitors' as metric,
        '' as dimension,
        count(*) as value
    from sizes
    where not is_identified

    union all

    select
        'biggest_customer_records' as metric,
        '' as dimension,
        coalesce(max(records), 0) as value
    from sizes

    union all

    select
        'customers_by_records' as metric,
        case
            when records <= 5 then cast(records as varchar)
            when records <= 10 then '6-10'
            when records <= 20 then '11-20'
            when records <= 50 then '21-50'
            else 'over 50'
        end as dimension,
        count(*) as value
    from sizes
    group by dimension

    union all

    select
        'share_over_3_given_names' as metric,
        '' as dimension,
        coalesce(avg(case when given_names > 3 then 1 else 0 end), 0) as value
    from described

    union all

    select
        'share_over_3_family_names' as metric,
        '' as dimension,
        coalesce(avg(case when family_names > 3 then 1 else 0 end), 0) as value
    from described

    union all

    select
        'share_over_5_postcodes' as metric,
        '' as dimension,
        coalesce(avg(case when postcodes > 5 then 1 else 0 end), 0) as value
    from described

    union all

    select
        'match_rate' as metric,
        source_system as dimension,
        avg(case when is_matched then 1 else 0 end) as value
    from record_systems
    group by source_system

)

select
    metric,
    dimension,
    cast(value as double) as value

from metrics
