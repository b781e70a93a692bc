{#-
    Column: what an answer to an NPS question adds to the score, whose mean over all
    answers is the NPS: promoters less detractors, in per cent.
-#}
{% macro nps_points(score) -%}
    case {{ nps_group(score) }}
        when 'promoter' then 100
        when 'passive' then 0
        when 'detractor' then -100
    end
{%- endmacro %}
