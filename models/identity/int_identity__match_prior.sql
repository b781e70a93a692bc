{%- set settings = match_model().settings -%}

with

profiles as (

    select * from {{ ref('int_identity__match_profiles') }}

),

levels as (

    select * from {{ ref('int_identity__match_levels') }}

),

-- Do people of this data live in families? Then two under one roof who differ in name
-- and birth date are relatives, and there are many. If not, nobody differs in both.
families as (

    select
        count(case when {{ match_relation('relatives') }} then 1 end)
        > 0.05 * count(case when {{ match_relation('one') }} then 1 end) as are_there

    from levels

)

-- Of two entities taken at random, how likely are they one if everybody has one match?
-- The fewer entities, the more; and among families, where two may look alike, the less.
select
    (select count(*) from profiles) as entity_count,
    are_there as has_families,
    case when are_there then {{ settings.families }} else 0 end
    - log2(greatest((select count(*) from profiles) - 1, 1)) as weight_of_one_match

from families
