{%- set model = match_model() -%}
{%- set columns = match_columns(model) -%}

with

levels as (

    select * from {{ ref('int_identity__match_levels') }}

),

-- How rare the values are that two agree on does not depend on the weights; to the
-- nearest bit is near enough to learn from.
weighed as (

    select
        {%- for name in columns.names %}
        {{ name }}_level,
        {%- endfor %}
        round({{ columns.rarity }}) as rarity_weight

    from levels

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
            {{ name }}_level,
            {%- endfor %}
            rarity_weight
    ) as pattern,
    *

from counted
