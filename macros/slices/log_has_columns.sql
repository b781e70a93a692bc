{#- Whether the log of the current model's table has the columns that such a log has. -#}
{% macro log_has_columns() -%}
    {%- set columns = "select column_name, data_type from duckdb_columns() where "
        ~ "schema_name = '%s' and table_name = '%s'"
    -%}
    {%- set query -%}
        with

        expected as (

            {{ columns | format(this.schema, this.identifier) }}
            union all
            values ('_version', 'BIGINT'), ('_change', 'BIGINT')

        ),

        logged as (

            {{ columns | format('changes', this.schema ~ '__' ~ this.identifier) }}

        )

        (from logged except from expected)
        union all
        (from expected except from logged)
    {%- endset -%}
    {{ return(not run_query(query).rows) }}
{%- endmacro %}
