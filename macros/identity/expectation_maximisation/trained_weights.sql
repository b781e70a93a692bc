{#-
    SQL of the weights to begin with: the row of each level and setting, with whether its
    u is how often the value itself occurs, and whether another level says the same.
-#}
{% macro trained_weights(model) -%}
select
    weights.comparison,
    weights.level,
    weights.m,
    weights.u,
    weights.weight,
    coalesce(rules.weighs_rarity, false) as weighs_rarity,
    weights.m = weights.u as is_told,
    {{ model.settings.trained_matches }} as trained_matches

from {{ ref('match_weights') }} as weights
left join {{ ref('match_rules') }} as rules
    on
        rules.part = 'compare'
        and weights.comparison = rules.name
        and weights.level = rules.level
{%- endmacro %}
