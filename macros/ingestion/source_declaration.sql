{#- What the source YAML declares of a raw table: ingest settings and typed columns. -#}
{% macro source_declaration(system, table) -%}
    {%- for node in graph.sources.values() -%}
        {%- if node.source_name == system and node.name == table -%}
            {%- set columns = {} -%}
            {%- for column in node.columns.values() -%}
                {%- do columns.update({column.name: {
                    'data_type': column.data_type or 'varchar',
                    'format': (column.config or {}).get('meta', {}).get('format')
                        or (column.meta or {}).get('format'),
                }}) -%}
            {%- endfor -%}
            {%- set ingest = (node.config.meta or {}).get('ingest')
                or (node.meta or {}).get('ingest') -%}
            {%- if not ingest -%}
                {{ exceptions.raise_compiler_error(
                    "Source " ~ system ~ "." ~ table ~ " has no config.meta.ingest. "
                    ~ "Declare kind, format, mode and key there."
                ) }}
            {%- endif -%}
            {{ return({'columns': columns, 'ingest': ingest}) }}
        {%- endif -%}
    {%- endfor -%}
    {{ exceptions.raise_compiler_error(
        "There is no source " ~ system ~ "." ~ table ~ " in any source YAML."
    ) }}
{%- endmacro %}
