{#- The UTC time at which this run began: the same in every row that the run writes. -#}
{% macro run_moment() -%}
    timestamp '{{ run_started_at.strftime("%Y-%m-%d %H:%M:%S.%f") }}'
{%- endmacro %}
