{#- A view without its descriptions, whose quotes dbt escapes in another way. -#}
{% macro spark__create_view_as(relation, sql) -%}
create or replace view {{ relation }} as
{{ customer360.spark_sql(sql) }}
{%- endmacro %}
