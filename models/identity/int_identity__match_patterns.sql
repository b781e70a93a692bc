{%- set model = match_model() -%}
{%- set columns = match_columns(model) -%}

with

-- How rare the values are that two agree on does not depend on the weights; to the
-- nearest bit is near enough to learn from.
weighed as (

    select
        {%- for name in columns.names %}
        {{ name }}_level,
        {%- endfor %}
        round({{ columns.rarity }}) as rarity_weight

    from {{ ref('int_identity__match_levels') }} as levels
    inner join {{ ref('int_identity__match_profiles') }} as profiles
        on levels.one_entity_key = profiles.entity_key

),

counted as (

    select
        {%- for name in columns.names %}
        {{ name }}_level,
        {%- endfor %}
        rarity_weight,
        count(*) as pair_count

    from weighed
    group by
        {%- for name in columns.names %}
        {{ name }}_level,
        {%- endfor %}
        rarity_weight

)

select
    row_number() over (
        order by
            {%- for name in columns.names %}
            {{ name }}_level nulls last,
            {%- endfor %}
            rarity_weight nulls last
    ) as pattern,
    *

from counted
