{#-
    Score of a value from 1 to 5 by the cut-points of a joined row of rfm_cut_points.
    A value on a cut-point belongs to the fifth below it; `descending` makes less better.
-#}
{% macro quintile(value, cut_points, descending=false) -%}
    cast(
            {{ 5 if descending else 1 }}
            {%- for percent in (20, 40, 60, 80) %}
            {{ '-' if descending else '+' }} case
                when {{ value }} > {{ cut_points }}.percentile_{{ percent }} then 1
                else 0
            end
            {%- endfor %}
            as integer
        )
{%- endmacro %}
