{#- Parquet, which needs no jar; a table of the name was dropped before. -#}
{% macro spark__create_table_as(temporary, relation, compiled_code, language='sql') -%}
create table {{ relation }}
{{ partition_cols(label='partitioned by') }}
as
{{ customer360.spark_sql(compiled_code) }}
{%- endmacro %}
