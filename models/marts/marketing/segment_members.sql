{#-
    Segments are found in the graph when this runs, too late for dbt to see what they
    read. What they may read is named here, so that it is built before.
-#}
{%- set readable = [
    ref('core__as_of'),
    ref('customer_rfm'),
    ref('customer_traits'),
    ref('customer_value'),
    ref('customers'),
    ref('interactions'),
    ref('order_lines'),
    ref('orders'),
    ref('products'),
    ref('sessions'),
    ref('survey_responses'),
    ref('tickets'),
] %}

with

found as (

    select
        cast(null as varchar) as segment_id,
        cast(null as varchar) as customer_id
    where false
    {%- for segment in segment_models() %}

    union all

    select distinct
        '{{ segment.name }}' as segment_id,
        customer_id
    from ({{ render(segment.raw_code) }}) as members
    {%- endfor %}

    union all

    select
        cluster_id as segment_id,
        customer_id
    from {{ ref('customer_clusters') }}

)

select
    found.segment_id,
    found.customer_id
from found
inner join {{ ref('usable_customers') }} as usable
    on found.customer_id = usable.customer_id
