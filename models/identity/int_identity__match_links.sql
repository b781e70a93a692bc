{%- set model = match_model() -%}

with

scores as (

    select * from {{ ref('int_identity__match_scores') }}

),

entities as (

    select * from {{ ref('int_identity__entities') }}

),

rules as (

    select * from {{ ref('identity_rules') }}

),

decisions as (

    select * from {{ ref('int_identity__decisions') }}

),

likely as (

    select * from scores
    where match_weight >= {{ model.settings.queue or 0 }}

),

unique_identifiers as (

    select distinct
        entities.entity_key,
        identifiers.identifier_type,
        identifiers.namespace,
        identifiers.identifier_value,
        rules.max_values_per_customer

    from {{ ref('int_identity__identifiers') }} as identifiers
    inner join rules on identifiers.identifier_type = rules.identifier_type
    inner join entities on identifiers.record_key = entities.record_key
    where rules.is_unique_to_person

),

likely_ends as (

    select
        one_entity_key,
        other_entity_key,
        one_entity_key as entity_key
    from likely

    union all

    select
        one_entity_key,
        other_entity_key,
        other_entity_key as entity_key
    from likely

),

-- Together they would hold more user ids, say, than one person may.
overfull as (

    select
        ends.one_entity_key,
        ends.other_entity_key

    from likely_ends as ends
    inner join unique_identifiers as identifiers
        on ends.entity_key = identifiers.entity_key
    group by
        ends.one_entity_key,
        ends.other_entity_key,
        identifiers.identifier_type,
        identifiers.namespace
    having
        count(distinct identifiers.identifier_value)
        > max(identifiers.max_values_per_customer)

),

forbidden as (

    select distinct
        least(one.entity_key, other.entity_key) as one_entity_key,
        greatest(one.entity_key, other.entity_key) as other_entity_key

    from decisions
    inner join entities as one on decisions.record_key = one.record_key
    inner join entities as other on decisions.other_record_key = other.record_key
    where
        decisions.decision = 'cannot_link'
        and one.entity_key <> other.entity_key

),

-- Who lives under one roof and differs in the given name or birth date is a relative;
-- where nobody lives in families, it is one person, misspelt.
relatives as (

    select * from likely
    where has_families and {{ match_relation('relative') }}

),

-- Father and son of one name: who gives no birth date may be either.
namesakes as (

    select one_entity_key as entity_key
    from relatives
    where given_name_level = 'same'

    union

    select other_entity_key as entity_key
    from relatives
    where given_name_level = 'same'

),

-- Twins, or father and son, whose names or birth dates already told them apart where
-- they share an address or number: that they share it cannot join them after all.
sharers as (

    select distinct
        entities.entity_key,
        groups.node_key,
        groups.name_group

    from {{ ref('int_identity__node_names') }} as names
    inner join {{ ref('int_identity__name_groups') }} as groups
        on names.node_key = groups.node_key and names.name = groups.name
    inner join entities on names.record_key = entities.record_key

),

told_apart as (

    select distinct
        one.entity_key as one_entity_key,
        other.entity_key as other_entity_key

    from sharers as one
    inner join sharers as other
        on
            one.node_key = other.node_key
            and one.entity_key < other.entity_key
            and one.name_group <> other.name_group

),

conflicts as (

    select
        one_entity_key,
        other_entity_key,
        min(conflict) as conflict

    from (
        select
            one_entity_key,
            other_entity_key,
            'cannot_link' as conflict
        from forbidden

        union all

        select
            one_entity_key,
            other_entity_key,
            'unique_identifiers' as conflict
        from overfull

        union all

        select
            one_entity_key,
            other_entity_key,
            'relatives' as conflict
        from relatives

        union all

        select
            one_entity_key,
            other_entity_key,
            'told_apart' as conflict
        from told_apart

        union all

        -- Nor does anything but a birth date tell of one name and two phones.
        select
            likely.one_entity_key,
            likely.other_entity_key,
            'namesakes' as conflict

        from likely
        left join namesakes
            on namesakes.entity_key in (likely.one_entity_key, likely.other_entity_key)
        where
            likely.has_families
            and likely.birth_date_level is null
            and (
                likely.phone_level = 'different'
                or (namesakes.entity_key is not null and {{ match_relation('home') }})
            )
    ) as found
    group by one_entity_key, other_entity_key

)

select
    coalesce(likely.one_entity_key, conflicts.one_entity_key) as one_entity_key,
    coalesce(likely.other_entity_key, conflicts.other_entity_key) as other_entity_key,
    likely.match_weight,
    1 / (1 + power(2, -likely.match_weight)) as match_probability,
    {{ match_in_words(model) }} as explanation,
    conflicts.conflict,
    case
        when conflicts.conflict is not null then 'refused'
        when likely.match_weight >= {{ model.settings.accept or 0 }} then 'accepted'
        else 'queued'
    end as status

from likely
full outer join conflicts
    on
        likely.one_entity_key = conflicts.one_entity_key
        and likely.other_entity_key = conflicts.other_entity_key
