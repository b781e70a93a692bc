{#- A birth date from text; null when birth_date_problem has something against it. -#}
{% macro clean_birth_date(column, format='%Y-%m-%d') -%}
case
    when {{ customer360.birth_date_problem(column, format) }} is null
        then {{ customer360.cast_raw(column, 'date', format) }}
end
{%- endmacro %}
