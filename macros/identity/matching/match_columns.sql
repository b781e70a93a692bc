{#-
    The select lists of int_identity__match_scores: `levels` and `names` of comparisons,
    `weights`, the `total` of the weights, and `rarity`, what rare values add to it. Where
    a level weighs rarity both have the value, so the shares of either will do.
-#}
{% macro match_columns(model) -%}
    {%- set columns = {'levels': [], 'weights': [], 'names': []} -%}
    {%- set rarities = [] -%}
    {%- for name, comparison in model.comparisons.items() -%}
        {%- set weight = match_weight(name, comparison) -%}
        {%- do columns.names.append(name) -%}
        {%- do columns.levels.append(match_level(comparison) ~ ' as ' ~ name ~ '_level') -%}
        {%- do columns.weights.append(weight ~ ' as ' ~ name ~ '_weight') -%}
        {%- for level in comparison.levels if level.weighs_rarity -%}
            {%- do rarities.append(
                'case when ' ~ name ~ "_level = '" ~ level.level ~ "' then -log2("
                ~ level.fields[0] ~ '_share) else 0 end'
            ) -%}
        {%- endfor -%}
    {%- endfor -%}
    {%- do columns.update({
        'total': columns.names | join('_weight + ') ~ '_weight',
        'rarity': rarities | join(' + ') or '0',
    }) -%}
    {{ return(columns) }}
{%- endmacro %}
