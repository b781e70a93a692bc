{{ config(materialized='tracked') }} {#- orders built by slices look it up -#}

with

quotes as (

    select
        currency,
        per_usd,
        cast(valid_from as timestamp) as valid_from
    from {{ ref('fx_rates') }}

    union all

    select distinct
        'USD' as currency,
        1 as per_usd,
        cast(valid_from as timestamp) as valid_from
    from {{ ref('fx_rates') }}

),

crossed as (

    select
        quotes.currency as from_currency,
        reporting.currency as to_currency,
        quotes.valid_from,
        lead(quotes.valid_from) over (
            partition by quotes.currency
            order by quotes.valid_from
        ) as next_from,
        reporting.per_usd / quotes.per_usd as rate
    from quotes
    inner join quotes as reporting
        on
            quotes.valid_from = reporting.valid_from
            and reporting.currency = '{{ var("reporting_currency") }}'
    where quotes.currency <> reporting.currency

),

-- Money that is in the reporting currency already needs no quote, on any day.
united as (

    select
        from_currency,
        to_currency,
        valid_from,
        coalesce(next_from, cast('9999-12-31' as timestamp)) as valid_to,
        rate
    from crossed

    union all

    select
        '{{ var("reporting_currency") }}' as from_currency,
        '{{ var("reporting_currency") }}' as to_currency,
        cast('0001-01-01' as timestamp) as valid_from,
        cast('9999-12-31' as timestamp) as valid_to,
        1 as rate

)

select
    from_currency,
    to_currency,
    valid_from,
    valid_to,
    cast(rate as double) as rate
from united
