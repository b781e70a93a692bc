{#-
    A seed as Spark itself reads the file: an empty field is null and `null` is a text, as
    on DuckDB; dbt would take both for null, and bind nulls as the text 'None'.
-#}
{% macro spark__load_csv_rows(model, agate_table) -%}
    {%- set declared = model['config'].get('column_types', {}) -%}
    {%- set columns = [] -%}
    {%- for name in agate_table.column_names -%}
        {%- set type = declared.get(name, adapter.convert_type(agate_table, loop.index0)) -%}
        {%- do columns.append('cast(' ~ name ~ ' as ' ~ type ~ ')') -%}
    {%- endfor -%}
    {%- call statement() -%}
        create or replace temporary view seed_{{ model.name }}
        using csv
        options (
            path '{{ model.root_path }}/{{ model.original_file_path }}',
            header 'true',
            multiLine 'true',
            escape '"'
        )
    {%- endcall -%}
    {%- call statement() -%}
        insert into {{ this }}
        select {{ customer360.spark_sql(columns | join(', ')) }}
        from seed_{{ model.name }}
    {%- endcall -%}
    {{ return('') }}
{%- endmacro %}
