with

likely as (

    select * from {{ ref('int_identity__match_likely') }}

),

relatives as (

    select * from {{ ref('int_identity__match_relatives') }}

),

entities as (

    select * from {{ ref('int_identity__entities') }}

),

decisions as (

    select * from {{ ref('int_identity__decisions') }}

),

-- Father and son of one name: who gives no birth date may be either.
namesakes as (

    select one_entity_key as entity_key
    from relatives
    where are_namesakes

    union

    select other_entity_key as entity_key
    from relatives
    where are_namesakes

),

found as (

    select
        least(one.entity_key, other.entity_key) as one_entity_key,
        greatest(one.entity_key, other.entity_key) as other_entity_key,
        'cannot_link' as conflict

    from decisions
    inner join entities as one on decisions.record_key = one.record_key
    inner join entities as other on decisions.other_record_key = other.record_key
    where
        decisions.decision = 'cannot_link'
        and one.entity_key <> other.entity_key

    union all

    select
        one_entity_key,
        other_entity_key,
        'unique_identifiers' as conflict
    from {{ ref('int_identity__match_overfull') }}

    union all

    select
        one_entity_key,
        other_entity_key,
        'relatives' as conflict
    from relatives

    union all

    -- Where nobody lives in families, birth dates some years apart are a slip.
    select
        told_apart.one_entity_key,
        told_apart.other_entity_key,
        'told_apart' as conflict

    from {{ ref('int_identity__told_apart') }} as told_apart
    cross join {{ ref('int_identity__match_prior') }} as base
    where told_apart.is_certain or base.has_families

    union all

    -- Nor does anything but a birth date tell of one name and two phones.
    select
        likely.one_entity_key,
        likely.other_entity_key,
        'namesakes' as conflict

    from likely
    left join namesakes as one on likely.one_entity_key = one.entity_key
    left join namesakes as other on likely.other_entity_key = other.entity_key
    where
        likely.has_families
        and likely.birth_date_level is null
        and (
            likely.phone_level = 'different'
            or (
                coalesce(one.entity_key, other.entity_key) is not null
                and {{ match_relation('home') }}
            )
        )

)

select
    one_entity_key,
    other_entity_key,
    min(conflict) as conflict

from found
group by
    one_entity_key,
    other_entity_key
