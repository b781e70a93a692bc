{#-
    The typed rows of a raw table: of accepted files only, without the rows that cannot
    be cast (they are in quarantine), one row per key unless versions='all'.
-#}
{% macro raw_rows(system, table, versions='latest') -%}
    {%- set relation = source(system, table) -%}
    {#- dbt knows no sources in a unit test: what is given there stands for typed rows. -#}
    {%- if not execute or model.resource_type == 'unit_test' -%}
        {{ return(relation) }}
    {%- endif -%}
    {%- set declared = customer360.source_declaration(system, table) -%}
    {%- set ingest = declared.ingest -%}
    {%- set direction = 'asc' if ingest.mode == 'append' else 'desc' -%}
(
    select
        {%- for name, column in declared.columns.items() %}
        {{ customer360.cast_raw('raw.' ~ name, column.data_type, column.format) }} as {{ name }},
        {%- endfor %}
        {%- if ingest.mode == 'snapshot' %}
        case
            when accepted.dropped_on < max(accepted.dropped_on) over ()
                then cast(max(accepted.dropped_on) over () as timestamp)
        end as deleted_at,
        {%- endif %}
        raw._file,
        raw._line,
        raw._loaded_at,
        concat_ws(
            '|', accepted.dropped_on, raw._file, lpad(cast(raw._line as varchar), 12, '0')
        ) as source_row
    from {{ relation }} as raw
    inner join ops.accepted_files as accepted
        on
            raw._file = accepted.path
            and raw._batch_id = accepted.batch_id
            and accepted.source_system = '{{ system }}'
            and accepted.source_table = '{{ table }}'
    where
        true
        {%- for name, column in declared.columns.items()
            if column.data_type not in ('varchar', 'text', 'string') %}
        and not {{ customer360.cast_fails('raw.' ~ name, column) }}
        {%- endfor %}
    {%- if versions == 'latest' and ingest.key %}
    qualify row_number() over (
        partition by {% for k in ingest.key %}raw.{{ k }}{{ ', ' if not loop.last }}{% endfor %}
        order by accepted.dropped_on {{ direction }}, raw._file {{ direction }}, raw._line {{ direction }}
    ) = 1
    {%- endif %}
)
{%- endmacro %}
