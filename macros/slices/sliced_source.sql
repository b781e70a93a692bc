{#- A raw table for `raw_rows` to read by slices; `by` is in terms of the source's key. -#}
{% macro sliced_source(relation, system, table, by) -%}
    {%- set declared = customer360.source_declaration(system, table) -%}
    {%- if declared.ingest.mode == 'snapshot' or not declared.ingest.key -%}
        {{ exceptions.raise_compiler_error(
            "raw_rows('" ~ system ~ "', '" ~ table ~ "') in " ~ model.name ~ " cannot be "
            ~ "read by slices: a snapshot and a table without a key have none. Leave out "
            ~ "`by` and make the model a table."
        ) }}
    {%- endif -%}
    {%- set keys = {} -%}
    {%- for name in declared.ingest.key -%}
        {%- set column = declared.columns[name] -%}
        {%- do keys.update({name: customer360.cast_raw(
            'raw.' ~ name, column.data_type, column.format
        )}) -%}
    {%- endfor -%}
    {%- set marker = relation ~ ' /* by ' ~ by ~ ' */' -%}
    {%- do customer360.slices().inputs.update({marker: {
        'relation': relation, 'by': by, 'source': (system, table), 'key_columns': keys,
    }}) -%}
    {{ return(marker) }}
{%- endmacro %}
