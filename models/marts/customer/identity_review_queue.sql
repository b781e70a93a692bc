with

people as (

    select
        customer_id,
        display_name,
        revenue_reporting
    from {{ ref('customers') }}

),

holders as (

    select *
    from {{ ref('identity_map') }}
    where valid_from is null

),

waiting as (

    select
        'cut' as source,
        cuts.record_key,
        cuts.customer_id,
        cuts.kept_by_record_key as other_record_key,
        keepers.customer_id as other_customer_id,
        cuts.identifier_type,
        cuts.identifier_value,
        cuts.rejection_reason as reason,
        cuts.limited_type,
        cuts.value_count,
        cuts.max_values,
        cast(null as double) as confidence
    from {{ ref('identity_cuts') }} as cuts
    inner join holders as keepers
        on cuts.kept_by_record_key = keepers.record_key
    where cuts.rejection_reason = 'too_many_values'

    union all

    select
        'match' as source,
        matches.record_key,
        mine.customer_id,
        matches.other_record_key,
        theirs.customer_id as other_customer_id,
        cast(null as varchar) as identifier_type,
        cast(null as varchar) as identifier_value,
        matches.reason,
        cast(null as varchar) as limited_type,
        cast(null as bigint) as value_count,
        cast(null as bigint) as max_values,
        matches.match_probability as confidence
    from {{ ref('identity_queued_matches') }} as matches
    inner join holders as mine on matches.record_key = mine.record_key
    inner join holders as theirs on matches.other_record_key = theirs.record_key

)

select
    waiting.source,
    waiting.record_key,
    waiting.customer_id,
    one.display_name,
    waiting.other_record_key,
    waiting.other_customer_id,
    other.display_name as other_display_name,
    waiting.identifier_type,
    waiting.identifier_value,
    waiting.reason,
    waiting.limited_type,
    waiting.value_count,
    waiting.max_values,
    waiting.confidence,
    cast(
        coalesce(one.revenue_reporting, 0) + coalesce(other.revenue_reporting, 0)
        as decimal(18, 2)
    ) as revenue_reporting
from waiting
left join people as one on waiting.customer_id = one.customer_id
left join people as other on waiting.other_customer_id = other.customer_id
-- They may have become one on another way.
where waiting.customer_id <> waiting.other_customer_id
