{{ config(materialized='sliced', unique_key='customer_id') }}

with

people as (

    select * from {{ sliced(ref('golden_record'), by='customer_id') }}

),

cells as (

    {%- set groups = dict(golden_attributes(), email=['email'], phone=['phone']) %}
    {%- set shown = namespace(any=false) %}
    {%- for group, attributes in groups.items() %}
    {%- for attribute in attributes if attribute != 'full_name' %}
    {{ "union all" if shown.any }}
    {%- set shown.any = true %}
    select
        customer_id,
        '{{ group }}' as attribute_group,
        '{{ attribute }}' as attribute,
        cast({{ attribute }} as varchar) as value
    from people
    where {{ attribute }} is not null
    {%- endfor %}
    {%- endfor %}

)

select
    cells.customer_id,
    cells.attribute,
    cells.value,
    coalesce(
        'privacy:rectification:' || corrected.rectification_id, winners.record_key
    ) as record_key,
    case
        when corrected.customer_id is null
            then split_part(winners.record_key, ':', 1)
        else 'privacy'
    end as source_system,
    case when corrected.customer_id is null then winners.rule else 'rectified' end
        as rule,
    coalesce(corrected.rectified_at, winners.stated_at) as stated_at
from cells
left join {{ sliced(ref('rectified_values'), by='customer_id') }} as corrected
    on
        cells.customer_id = corrected.customer_id
        and cells.attribute = corrected.attribute
left join {{ sliced(ref('golden_record_winners'), by='customer_id') }} as winners
    on
        cells.customer_id = winners.customer_id
        and cells.attribute_group = winners.attribute_group
