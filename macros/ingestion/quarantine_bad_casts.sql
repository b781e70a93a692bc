{#-
    Post-hook of staging: the raw rows that the model left out because a value is not of
    its declared type go to quarantine, so that nothing is lost on the way. After a build
    of what changed, only the files that it took in or gave up are looked through: stored
    first, lest DuckDB look for bad casts in all rows before it asks for their files.
-#}
{% macro quarantine_bad_casts() -%}
    {{ return(adapter.dispatch('quarantine_bad_casts', 'customer360')()) }}
{%- endmacro %}

{#- Quarantine is in the warehouse file; elsewhere such rows are left out alone. -#}
{% macro default__quarantine_bad_casts() -%}{%- endmacro %}

{% macro duckdb__quarantine_bad_casts() -%}
    {%- if execute and model.resource_type == 'model' -%}
    {%- for system, table in model.sources -%}
    {%- set declared = customer360.source_declaration(system, table) -%}
    {%- set changed_files = customer360.slices().files
        if not customer360.slices().is_whole -%}
    {%- set failures = [] -%}
    {%- for name, column in declared.columns.items()
        if column.data_type not in ('varchar', 'text', 'string') -%}
        {%- do failures.append((name, column)) -%}
    {%- endfor -%}
    delete from quarantine.rows
    where
        stage = 'cast'
        and source_system = '{{ system }}'
        and source_table = '{{ table }}'
    {%- if changed_files %}
        and (file, batch_id) in (select path, batch_id from {{ changed_files }})
    {%- endif %};
    {% if failures %}
    insert into quarantine.rows
    {%- if changed_files %}
    with files_rows as materialized (
        select *
        from {{ source(system, table) }}
        where rowid in (
            select raw.rowid
            from {{ source(system, table) }} as raw
            semi join {{ changed_files }} as changed
                on
                    raw._file = changed.path
                    and raw._batch_id = changed.batch_id
        )
    )
    {% endif %}
    select
        '{{ system }}' as source_system,
        '{{ table }}' as source_table,
        'cast' as stage,
        raw._file as file,
        raw._line as line,
        coalesce(
            {%- for name, column in failures %}
            case when {{ customer360.cast_fails('raw.' ~ name, column) }} then '{{ name }}' end,
            {%- endfor %}
            null
        ) as column_name,
        concat_ws(
            '; ',
            {%- for name, column in failures %}
            case
                when {{ customer360.cast_fails('raw.' ~ name, column) }}
                    then '{{ name }} is not {{ 'an' if column.data_type[0] in 'aeiou' else 'a' }} {{ column.data_type }}: ' || left(raw.{{ name }}, 60)
            end{{ "," if not loop.last }}
            {%- endfor %}
        ) as reason,
        cast(to_json(raw) as varchar) as text,
        raw._batch_id as batch_id,
        {{ customer360.run_moment() }} as quarantined_at
    from {{ 'files_rows' if changed_files else source(system, table) }} as raw
    inner join ops.accepted_files as accepted
        on
            raw._file = accepted.path
            and raw._batch_id = accepted.batch_id
            and accepted.source_system = '{{ system }}'
            and accepted.source_table = '{{ table }}'
    where
        {%- for name, column in failures %}
        {{ 'or ' if not loop.first }}{{ customer360.cast_fails('raw.' ~ name, column) }}
        {%- endfor %};
    {% endif %}
    {%- endfor -%}
    {%- endif -%}
{%- endmacro %}
