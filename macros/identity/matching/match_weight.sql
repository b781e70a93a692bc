{#-
    The weight of evidence of a comparison (log2 of its Bayes factor m / u), from the
    column of its level. Where the level weighs rarity, u is how often the commoner of the
    two equal values occurs (Winkler 1989, Splink's term-frequency adjustment).
-#}
{% macro match_weight(name, comparison) -%}
case {{ name }}_level
            {%- for level in comparison.levels %}
            when '{{ level.level }}' then
                {%- if level.weighs_rarity %}
                log2({{ level.m }} / {{ level.fields[0] }}_share)
                {%- else %} {{ level.weight }}
                {%- endif %}
            {%- endfor %}
            else 0
        end
{%- endmacro %}
