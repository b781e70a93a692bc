{#- Whether the log of the current model's table has the columns that the table has. -#}
{% macro log_has_columns() -%}
    {%- set columns = "select column_name, data_type from duckdb_columns() where "
        ~ "schema_name = '%s' and table_name = '%s' and column_name <> '_version'"
    -%}
    {%- set query -%}
        (
            {{ columns | format('changes', this.schema ~ '__' ~ this.identifier) }}
            except
            {{ columns | format(this.schema, this.identifier) }}
        )
        union all
        (
            {{ columns | format(this.schema, this.identifier) }}
            except
            {{ columns | format('changes', this.schema ~ '__' ~ this.identifier) }}
        )
    {%- endset -%}
    {{ return(not run_query(query).rows) }}
{%- endmacro %}
