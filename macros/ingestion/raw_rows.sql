{#-
    The typed rows of a raw table: of accepted files only, without the rows that cannot
    be cast (they are in quarantine), one row per key unless versions='all'.

    Every value is cast once, before the rows are judged by what came of it; only after
    the window do bad rows go, lest DuckDB push that filter down and cast all twice.

    Where a source tells what is gone, it does so by a row with nothing but the key and a
    time: deleted_at on the rows of that key, and no row itself.

    source_row says where a row came from: its key where it was first seen, as
    records are numbered in that order, be it in one batch or in many.

    A model of materialization `sliced` says in `by` how its unique_key follows from the
    key of the source; only a snapshot, whose rows depend on its other rows, has no slices.
-#}
{% macro raw_rows(system, table, versions='latest', by=none) -%}
    {%- set relation = source(system, table) -%}
    {#- dbt knows no sources in a unit test: what is given there stands for typed rows. -#}
    {%- if not execute or model.resource_type == 'unit_test' -%}
        {{ return(relation) }}
    {%- endif -%}
    {%- set declared = customer360.source_declaration(system, table) -%}
    {%- set ingest = declared.ingest -%}
    {%- set direction = 'asc' if ingest.mode == 'append' else 'desc' -%}
    {%- set tells_deletes = 'deletes_every_hours' in ingest -%}
    {%- if by -%}
        {%- set relation = customer360.sliced_source(relation, system, table, by) -%}
    {%- endif -%}
    {%- set castable = [] -%}
    {%- for name, column in declared.columns.items()
        if column.data_type not in ('varchar', 'text', 'string') -%}
        {%- do castable.append((name, column)) -%}
    {%- endfor -%}
(
    select
        {%- for name in declared.columns %}
        {{ name }},
        {%- endfor %}
        {%- if ingest.mode == 'snapshot' %}
        {%- set latest_drop = 'max(case when not _is_bad then _dropped_on end) over ()' %}
        case
            when _dropped_on < {{ latest_drop }}
                then cast({{ latest_drop }} as timestamp)
        end as deleted_at,
        {%- elif tells_deletes %}
        first_value(_gone_at) over (
            partition by {{ ingest.key | join(', ') }}
            order by _dropped_on desc, _file desc, _line desc
        ) as deleted_at,
        {%- endif %}
        _file,
        _line,
        _loaded_at,
        {%- set source_row -%}
        concat_ws('|', _dropped_on, _file, lpad(cast(_line as varchar), 12, '0'))
        {%- endset %}
        {%- if versions == 'latest' and ingest.key and ingest.mode != 'append' %}
        min(case when not _is_bad then {{ source_row }} end) over (
            partition by {{ ingest.key | join(', ') }}
        ) as source_row
        {%- else %}
        {{ source_row }} as source_row
        {%- endif %}
    from (
        select
            *,
            {%- for name, column in castable %}
            {{- customer360.cast_fails('_raw_' ~ name, column, name) }}
            {{ 'or' if not loop.last }}
            {%- else %}
            false
            {%- endfor %}
            {{- ' or _gone_at is not null' if tells_deletes }} as _is_bad
        from (
            select
                {%- for name, column in declared.columns.items() %}
                {{ customer360.cast_raw('raw.' ~ name, column.data_type, column.format) }}
                    as {{ name }},
                {%- endfor %}
                {%- for name, column in castable %}
                raw.{{ name }} as _raw_{{ name }},
                {%- endfor %}
                {%- if tells_deletes %}
                cast(raw.c360_deleted_at as timestamp) as _gone_at,
                {%- endif %}
                raw._file,
                raw._line,
                raw._loaded_at,
                accepted.dropped_on as _dropped_on
            from {{ relation }} as raw
            inner join ops.accepted_files as accepted
                on
                    raw._file = accepted.path
                    and raw._batch_id = accepted.batch_id
                    and accepted.source_system = '{{ system }}'
                    and accepted.source_table = '{{ table }}'
        ) as _typed
    ) as _judged
    {%- if versions == 'latest' and ingest.key %}
    qualify
        not _is_bad
        and row_number() over (
            partition by {{ ingest.key | join(', ') }}
            order by
                _is_bad,
                _dropped_on {{ direction }},
                _file {{ direction }},
                _line {{ direction }}
        ) = 1
    {%- else %}
    {{ 'qualify' if tells_deletes else 'where' }} not _is_bad
    {%- endif %}
)
{%- endmacro %}
