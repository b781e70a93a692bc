with

said as (

    select
        cast(null as varchar) as segment_id,
        cast(null as varchar) as name,
        cast(null as varchar) as kind,
        cast(null as varchar) as origin,
        cast(null as varchar) as description
    where false
    {%- for segment in segment_models() %}

    union all

    select
        '{{ segment.name }}' as segment_id,
        '{{ segment.config.meta.name | replace("'", "''") }}' as name,
        '{{ segment.config.meta.kind }}' as kind,
        'rule' as origin,
        '{{ segment.config.meta.description | replace("'", "''") }}' as description
    {%- endfor %}

    union all

    select distinct
        cluster_id as segment_id,
        cluster_name as name,
        'behavioural' as kind,
        'learnt' as origin,
        'Customers who behave alike; named by what sets them apart.' as description
    from {{ ref('customer_clusters') }}

),

sizes as (

    select
        members.segment_id,
        count(*) as customer_count,
        sum(customers.revenue_reporting) as revenue_reporting,
        avg(customers.lifetime_value_reporting) as mean_lifetime_value_reporting
    from {{ ref('segment_members') }} as members
    inner join {{ ref('customers') }} as customers
        on members.customer_id = customers.customer_id
    group by members.segment_id

),

everyone as (

    select count(*) as customer_count from {{ ref('customers') }}

)

select
    said.segment_id,
    said.name,
    said.kind,
    said.origin,
    said.description,
    coalesce(sizes.customer_count, 0) as customer_count,
    cast(
        coalesce(sizes.customer_count, 0) / nullif(everyone.customer_count, 0) as double
    ) as customer_share,
    cast(coalesce(sizes.revenue_reporting, 0) as decimal(18, 2)) as revenue_reporting,
    cast(sizes.mean_lifetime_value_reporting as decimal(18, 2))
        as mean_lifetime_value_reporting
from said
left join sizes on said.segment_id = sizes.segment_id
cross join everyone
