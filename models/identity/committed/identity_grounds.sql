{{ config(materialized='view') }} {#- filters over tables that are there already -#}

with

evidence as (

    select * from {{ ref('identity_evidence') }}

),

cuts as (

    select * from {{ ref('identity_cut_evidence') }}

),

registry as (

    select * from {{ ref('int_identity__record_registry') }}

),

clusters as (

    select distinct
        entity_key,
        cluster_key
    from {{ ref('int_identity__clusters') }}

),

-- What is between two alone.
pairs as (

    select
        record_key,
        kept_by_record_key as other_record_key,
        identifier_type as evidence,
        identifier_value as evidence_value,
        rejection_reason,
        1 as priority

    from cuts
    where kept_by_record_key is not null

    union all

    -- Whom matching compared and did not join.
    select
        one_record.record_key,
        other_record.record_key as other_record_key,
        'match' as evidence,
        cast(null as varchar) as evidence_value,
        coalesce(
            links.conflict,
            case links.status when 'accepted' then 'mean_too_low' else links.status end
        ) as rejection_reason,
        3 as priority

    from {{ ref('int_identity__match_links') }} as links
    inner join clusters as one on links.one_entity_key = one.entity_key
    inner join clusters as other on links.other_entity_key = other.entity_key
    inner join registry as one_record on links.one_entity_key = one_record.record_seq
    inner join registry as other_record
        on links.other_entity_key = other_record.record_seq
    where one.cluster_key <> other.cluster_key

    union all

    select
        device_record_key as record_key,
        owner_record_key as other_record_key,
        'login' as evidence,
        cast(null as varchar) as evidence_value,
        cast(null as varchar) as rejection_reason,
        9 as priority

    from {{ ref('int_identity__device_intervals') }}
    where valid_to is null

),

ends as (

    select
        record_key,
        evidence_key,
        coalesce(identifier_type, relation) as evidence,
        identifier_value as evidence_value,
        cast(null as varchar) as rejection_reason,
        priority,
        times_seen

    from evidence

    union all

    select
        stated_record_key as record_key,
        evidence_key,
        relation as evidence,
        cast(null as varchar) as evidence_value,
        cast(null as varchar) as rejection_reason,
        priority,
        times_seen

    from evidence
    where stated_record_key is not null

    union all

    select
        record_key,
        concat(identifier_type, '|', namespace, '|', identifier_value) as evidence_key,
        identifier_type as evidence,
        identifier_value as evidence_value,
        rejection_reason,
        2 as priority,
        times_seen

    from cuts
    where kept_by_record_key is null

    {%- for end in ('record_key', 'other_record_key') %}

    union all

    select
        {{ end }} as record_key,
        concat_ws('|', 'pair', priority, record_key, other_record_key, evidence_value)
            as evidence_key,
        evidence,
        evidence_value,
        rejection_reason,
        priority,
        1 as times_seen

    from pairs
    {%- endfor %}

)

select
    *,
    rejection_reason is null as is_used

from ends
