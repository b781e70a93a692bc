{#-
    Column: what the answer to an NPS question makes of who gave it, on its scale of 0 to
    10 (Reichheld 2003); null if there is no answer.
-#}
{% macro nps_group(score) -%}
    case
        when {{ score }} >= 9 then 'promoter'
        when {{ score }} >= 7 then 'passive'
        when {{ score }} is not null then 'detractor'
    end
{%- endmacro %}
