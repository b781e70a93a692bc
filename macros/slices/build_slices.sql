{#-
    Takes the slices that a change of the inputs reaches out of the current model's table
    and puts them in anew; returns relations of their rows before and after.
-#}
{% macro build_slices(target) -%}
    {%- set keys = customer360.reached_keys() -%}
    {{ return(customer360.replace_slices(target, keys, customer360.sliced_code(keys))) }}
{%- endmacro %}
