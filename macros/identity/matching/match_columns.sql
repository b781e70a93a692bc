{#-
    The select lists of int_identity__match_scores: `levels` and `names` of comparisons,
    `shares` of the values whose rarity is known, `weights`, and the `total` of
    the weights.
-#}
{% macro match_columns(model) -%}
    {%- set columns = {'levels': [], 'shares': [], 'weights': [], 'names': []} -%}
    {%- for name, comparison in model.comparisons.items() -%}
        {%- set weight = match_weight(name, comparison) -%}
        {%- do columns.names.append(name) -%}
        {%- do columns.levels.append(match_level(comparison) ~ ' as ' ~ name ~ '_level') -%}
        {%- do columns.weights.append(weight ~ ' as ' ~ name ~ '_weight') -%}
    {%- endfor -%}
    {%- for field in match_fields().rarities -%}
        {%- set share = field ~ '_share' -%}
        {%- do columns.shares.append(
            'greatest(one.' ~ share ~ ', other.' ~ share ~ ') as ' ~ share
        ) -%}
    {%- endfor -%}
    {%- do columns.update(
        {'total': columns.names | join('_weight + ') ~ '_weight'}
    ) -%}
    {{ return(columns) }}
{%- endmacro %}
