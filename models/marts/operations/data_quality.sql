with

gate_results as (

    select * from {{ source('ops', 'gate_results') }}

),

batches as (

    select * from {{ source('ops', 'batches') }}

),

quarantined as (

    select * from {{ source('quarantine', 'rows') }}

),

-- Of a raw table a run may judge several batches, by the same rules.
judged as (

    select
        checked_at,
        layer,
        table_schema,
        table_name,
        coalesce(column_name, '') as column_name,
        expectation as rule,
        severity,
        run_id,
        cast(sum(rows_checked) as bigint) as rows_checked,
        cast(sum(rows_failed) as bigint) as rows_failed,
        bool_and(passed) as passed

    from gate_results
    group by
        checked_at,
        layer,
        table_schema,
        table_name,
        coalesce(column_name, ''),
        expectation,
        severity,
        run_id

),

loaded as (

    select
        loaded_at as checked_at,
        source_system,
        source_table,
        '' as column_name,
        'rows can be read' as rule,
        rows_read as rows_checked,
        rows_quarantined as rows_failed

    from batches

),

refused as (

    select
        quarantined_at as checked_at,
        source_system,
        source_table,
        '' as column_name,
        'files can be read' as rule,
        cast(null as bigint) as rows_checked,
        count(*) as rows_failed

    from quarantined
    where stage = 'load' and line is null
    group by quarantined_at, source_system, source_table

),

uncast as (

    select
        batches.loaded_at as checked_at,
        batches.source_system,
        batches.source_table,
        coalesce(quarantined.column_name, '') as column_name,
        'values are of the declared type' as rule,
        any_value(batches.rows_loaded) as rows_checked,
        count(*) as rows_failed

    from quarantined
    inner join batches on quarantined.batch_id = batches.batch_id
    where quarantined.stage = 'cast'
    group by
        batches.loaded_at,
        batches.source_system,
        batches.source_table,
        coalesce(quarantined.column_name, '')

),

quarantine_counts as (

    select * from loaded
    union all
    select * from refused
    union all
    select * from uncast

),

checks as (

    select * from judged

    union all

    select
        checked_at,
        'raw' as layer,
        'raw_' || source_system as table_schema,
        source_table as table_name,
        column_name,
        rule,
        'warning' as severity,
        cast(null as varchar) as run_id,
        rows_checked,
        rows_failed,
        rows_failed = 0 as passed

    from quarantine_counts

)

select
    checked_at,
    cast(checked_at as date) as checked_on,
    layer,
    table_schema,
    table_name,
    column_name,
    rule,
    severity,
    run_id,
    rows_checked,
    rows_failed,
    cast(rows_failed as double) / nullif(rows_checked, 0) as failed_share,
    passed

from checks
