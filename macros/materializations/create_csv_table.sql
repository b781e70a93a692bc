{#- An empty table for the rows of a seed. -#}
{% macro spark__create_csv_table(model, agate_table) -%}
    {%- set declared = model['config'].get('column_types', {}) -%}
    {%- set columns = [] -%}
    {%- for name in agate_table.column_names -%}
        {%- set type = declared.get(name, adapter.convert_type(agate_table, loop.index0)) -%}
        {%- do columns.append('cast(null as ' ~ type ~ ') as ' ~ name) -%}
    {%- endfor -%}
    {%- set empty = 'select ' ~ columns | join(', ') ~ ' where false' -%}
    {%- call statement() -%} {{ create_table_as(False, this, empty) }} {%- endcall -%}
    {{ return('') }}
{%- endmacro %}
