{#-
    A digest of all that the rows of a table follow from beside its inputs' rows: the SQL
    with its macros and vars put in, the types and constraints of a contract, and the SQL
    of the views that it reads. DuckDB writes that otherwise once the file was opened anew:
    quotes, brackets, spaces and the names of types, on 2.0 `date` as DATE and `timestamp`
    as TIMESTAMP_US. So these and the case of letters, but of those within a text, count
    in the model's own file alone.
-#}
{% macro slices_digest() -%}
    {#- A table without a checksum that slices could be added to is of another build. -#}
    {%- set parts = ['checksum', compiled_code, config.get('unique_key'), config.get('contract').enforced] -%}
    {%- for column in model.columns.values() -%}
        {%- do parts.append([column.name, column.data_type, column.constraints | string]) -%}
    {%- endfor -%}
    {%- set views = [] -%}
    {%- for unique_id in model.depends_on.nodes if unique_id in graph.nodes -%}
        {%- set node = graph.nodes[unique_id] -%}
        {%- if node.config.materialized == 'view' -%}
            {%- do views.append(node.schema ~ '.' ~ node.alias) -%}
            {%- do parts.append(node.checksum.checksum) -%}
        {%- endif -%}
    {%- endfor -%}
    {%- if views -%}
        {%- for row in run_query(
            "select array_to_string(list_transform(string_split(sql, ''''), "
            ~ "lambda part, place: case when place % 2 = 0 then part else regexp_replace("
            ~ "lower(part), '[\"() ]|(timestamp)_us', '\\1', 'g') end), '''') "
            ~ "from duckdb_views() "
            ~ "where schema_name || '.' || view_name in ('" ~ views | join("', '")
            ~ "') order by all"
        ) -%}
            {%- do parts.append(row[0]) -%}
        {%- endfor -%}
    {%- endif -%}
    {{ return(local_md5(parts | string)) }}
{%- endmacro %}
