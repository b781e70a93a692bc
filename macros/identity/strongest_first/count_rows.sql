{#- The number of rows of a relation. -#}
{% macro count_rows(relation) -%}
    {{ return(run_query('select count(*) from ' ~ relation).columns[0].values()[0] | int) }}
{%- endmacro %}
