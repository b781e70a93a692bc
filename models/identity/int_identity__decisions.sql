{%- set journals = [
    ref('steward_decisions'),
    source('ops', 'identity_decisions'),
] -%}

with

decided as (

    {%- for journal in journals %}
    {{ 'union all' if not loop.first }}
    select
        decision,
        record_key,
        other_record_key,
        decided_by,
        decided_at,
        reason
    from {{ journal }}
    {%- endfor %}

),

registry as (

    select * from {{ ref('int_identity__record_registry') }}

),

-- A customer id stands for the record whose number it bears.
named as (

    select
        decided.decision,
        coalesce(one.record_key, decided.record_key) as record_key,
        coalesce(other.record_key, decided.other_record_key) as other_record_key,
        decided.decided_by,
        decided.decided_at,
        decided.reason

    from decided
    left join registry as one
        on {{ customer_number('decided.record_key') }} = one.record_seq
    left join registry as other
        on {{ customer_number('decided.other_record_key') }} = other.record_seq

),

ranked as (

    select
        decision,
        least(record_key, other_record_key) as record_key,
        greatest(record_key, other_record_key) as other_record_key,
        decided_by,
        decided_at,
        reason,
        row_number() over (
            partition by
                least(record_key, other_record_key),
                greatest(record_key, other_record_key)
            order by decided_at desc, decision asc
        ) as place

    from named
    where record_key <> other_record_key

)

-- The last word on two records holds.
select
    decision,
    record_key,
    other_record_key,
    decided_by,
    decided_at,
    reason

from ranked
where place = 1
