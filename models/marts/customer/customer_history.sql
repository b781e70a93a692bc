{#- Kept state: what was known on an earlier day cannot be computed again. -#}
{{ config(
    materialized='incremental',
    incremental_strategy='scd2',
    unique_key=['customer_id'],
    full_refresh=false,
) }}

{%- set version -%}
    customer_id,
    lifecycle_stage,
    rfm_segment,
    rfm_recency_score,
    rfm_frequency_score,
    rfm_monetary_score,
    marketing_channels,
    display_name,
    given_name,
    family_name,
    email,
    phone,
    street,
    city,
    postal_code,
    country_code,
    household_id,
    account_id
{%- endset %}

with

agreed as (

    select
        customer_id,
        {{ joined_text('channel') }} as marketing_channels
    from {{ ref('consents') }}
    where purpose = 'marketing' and is_granted
    group by customer_id

),

customers as (

    select
        customers.*,
        agreed.marketing_channels
    from {{ ref('customers') }} as customers
    left join agreed on customers.customer_id = agreed.customer_id

),

known as (

    select
        {{ version }}

    from customers

),

{%- if is_incremental() %}

current_versions as (

    select
        {{ version }}

    from {{ this }}
    where committed_to is null

),

opened as (

    select * from known
    except
    select * from current_versions

),

closed as (

    select * from current_versions
    except
    select * from known

),

{%- else %}

opened as (

    select * from known

),

{%- endif %}

changes as (

    select
        *,
        cast(null as timestamp) as committed_to

    from opened
    {%- if is_incremental() %}

    union all

    select
        *,
        {{ run_moment() }} as committed_to

    from closed
    {%- endif %}

)

select
    {{ version }},
    {{ run_moment() }} as committed_from,
    committed_to
from changes
