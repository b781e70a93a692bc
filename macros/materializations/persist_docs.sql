{#-
    Writes a model's descriptions to the catalog, in one statement. Unlike dbt's own, it
    does not ask the catalog first which columns there are: a described column that is
    not in the table is an error in the project.
-#}
{% macro duckdb__persist_docs(relation, model, for_relation, for_columns) -%}
    {%- call statement('docs') -%}
        {%- if for_relation and config.persist_relation_docs() and model.description -%}
            {{ alter_relation_comment(relation, model.description) }}
        {%- endif -%}
        {%- if for_columns and config.persist_column_docs() -%}
            {%- for name, column in model.columns.items() if column.description %}
    comment on column {{ relation }}.{{ adapter.quote(name) if column.quote else name }}
    is {{ duckdb_escape_comment(column.description) }};
            {%- endfor -%}
        {%- endif -%}
    {%- endcall -%}
{%- endmacro %}
