{#-
    The bookkeeping tables, there before any model is built. This is their one home:
    `orchestration/warehouse.py` reads the statements of `duckdb__ensure_ops` from here,
    so they hold no Jinja.
-#}
{% macro ensure_ops() -%}
    {{ return(adapter.dispatch('ensure_ops', 'customer360')()) }}
{%- endmacro %}

{#- Gates and ledgers live in the warehouse file; other engines have none. -#}
{% macro default__ensure_ops() -%}{%- endmacro %}

{% macro duckdb__ensure_ops() -%}
create schema if not exists ops;
create schema if not exists quarantine;

create sequence if not exists ops.build_version;

-- The newest time that was written down (orchestration/clock.py).
create table if not exists ops.clock (told_at timestamp not null);

create table if not exists ops.batches (
    batch_id varchar primary key,
    source_system varchar not null,
    source_table varchar not null,
    status varchar not null
    check (status in ('pending', 'accepted', 'waiting', 'rejected')),
    files integer not null,
    rows_read bigint not null,
    rows_loaded bigint not null,
    rows_quarantined bigint not null,
    loaded_at timestamp not null,
    decided_at timestamp,
    decided_by varchar,
    reason varchar
);

create table if not exists ops.ingested_files (
    source_system varchar not null,
    source_table varchar not null,
    path varchar not null,
    file_version integer not null,
    sha256 varchar not null,
    bytes bigint not null,
    changed_at timestamp,
    dropped_on date not null,
    rows_read bigint not null,
    rows_loaded bigint not null,
    rows_quarantined bigint not null,
    batch_id varchar,
    note varchar,
    ingested_at timestamp not null,
    primary key (source_system, source_table, path, file_version)
);

-- What retention took out again of what a version of a file had brought.
create table if not exists ops.removed_rows (
    source_system varchar not null,
    source_table varchar not null,
    path varchar not null,
    file_version integer not null,
    rows_removed bigint not null,
    quarantined_removed bigint not null,
    removed_at timestamp not null,
    primary key (source_system, source_table, path, file_version)
);

create table if not exists ops.schema_changes (
    source_system varchar not null,
    source_table varchar not null,
    column_name varchar not null,
    change varchar not null check (change in ('new', 'missing')),
    path varchar not null,
    batch_id varchar not null,
    seen_at timestamp not null
);

create table if not exists quarantine.rows (
    source_system varchar not null,
    source_table varchar not null,
    stage varchar not null check (stage in ('load', 'cast')),
    file varchar not null,
    line bigint,
    column_name varchar,
    reason varchar not null,
    text varchar,
    batch_id varchar,
    quarantined_at timestamp not null
);

-- Rows of later files that stand for rows of quarantine that somebody mended.
create table if not exists quarantine.replays (
    source_system varchar not null,
    source_table varchar not null,
    row_id varchar not null,
    path varchar not null,
    line bigint not null,
    batch_id varchar not null,
    replayed_at timestamp not null
);

-- The version of what each table holds, and by what that is known again.
create table if not exists ops.table_builds (
    layer varchar not null,
    table_schema varchar not null,
    table_name varchar not null,
    version bigint not null,
    fingerprint varchar,
    run_id varchar,
    built_at timestamp not null,
    layout varchar,
    checksum hugeint,
    primary key (table_schema, table_name)
);

create table if not exists ops.gate_results (
    layer varchar not null,
    table_schema varchar not null,
    table_name varchar not null,
    version varchar not null,
    suite varchar,
    passed boolean not null,
    expectation varchar not null,
    column_name varchar,
    severity varchar not null check (severity in ('error', 'warning')),
    rows_checked bigint,
    rows_failed bigint,
    observed varchar,
    examples json,
    reason varchar,
    run_id varchar,
    checked_at timestamp not null
);

create table if not exists ops.freshness (
    source_system varchar not null,
    source_table varchar not null,
    last_file varchar,
    last_file_at timestamp,
    last_dropped_on date,
    last_batch_id varchar,
    last_batch_status varchar,
    last_event_at timestamp,
    policy varchar not null check (policy in ('declared', 'learnt', 'none')),
    stale_after_hours double,
    stale_at timestamp,
    is_stale boolean not null,
    judged_at timestamp not null,
    primary key (source_system, source_table)
);

-- What the journal of stewards says now; state/identity_decisions.jsonl is its home.
create table if not exists ops.identity_decisions (
    decision_id varchar primary key,
    decision varchar not null check (decision in ('must_link', 'cannot_link')),
    record_key varchar not null,
    other_record_key varchar not null,
    decided_by varchar not null,
    decided_at timestamp not null,
    reason varchar not null
);

-- What state/erasure_receipts.jsonl says, its home.
create table if not exists ops.erasure_receipts (
    erasure_id varchar not null,
    place varchar not null,
    action varchar not null,
    items bigint not null,
    people integer not null,
    reason varchar,
    requested_by varchar not null,
    erased_at timestamp not null,
    primary key (erasure_id, place, action)
);

-- What people asked of us, as the journals under state/ have it; they are its home.
create table if not exists ops.consent_withdrawals (
    identifier varchar not null,
    purpose varchar,
    channel varchar,
    withdrawn_at timestamp not null
);

create table if not exists ops.restrictions (
    customer_id varchar primary key,
    restricted_at timestamp not null
);

create table if not exists ops.rectifications (
    rectification_id varchar primary key,
    customer_id varchar not null,
    attribute varchar not null,
    value varchar not null,
    rectified_at timestamp not null
);

create table if not exists ops.access_log (
    entry_number bigint not null,
    done_at timestamp,
    done_by varchar,
    action varchar,
    subject varchar,
    purpose varchar,
    details json,
    is_as_written boolean not null
);

create table if not exists ops.identity_quality (
    measured_at timestamp not null,
    identity_version bigint not null,
    basis varchar not null check (basis in ('canary', 'truth')),
    metric varchar not null,
    dimension varchar not null,
    value double not null,
    primary key (identity_version, basis, metric, dimension)
);

-- Which model made the scores of a table last, from what, and what it learnt.
create table if not exists ops.score_models (
    score varchar primary key,
    model varchar not null,
    model_version varchar not null,
    trained_at timestamp not null,
    trained_on varchar not null,
    parameters json not null
);

create table if not exists ops.model_performance (
    score varchar not null,
    model varchar not null,
    model_version varchar not null,
    holdout_from timestamp not null,
    holdout_to timestamp not null,
    target varchar not null,
    metric varchar not null,
    cases bigint not null,
    value double not null,
    baseline varchar not null,
    baseline_value double not null,
    is_better boolean not null,
    decides boolean not null,
    measured_at timestamp not null,
    primary key (score, model_version, target, metric)
);

-- For warehouses that were made before verdicts belonged to suites.
alter table ops.gate_results add column if not exists suite varchar;

-- For warehouses that were made before versions belonged to contents.
alter table ops.table_builds add column if not exists layout varchar;
alter table ops.table_builds add column if not exists checksum hugeint;

-- A clock that is new begins at the last verdict; it ticks when a run begins.
insert into ops.clock
select coalesce(max(checked_at), timestamp '1970-01-01')
from ops.gate_results
having not exists (from ops.clock);

update ops.clock
set told_at = greatest(
    cast(now() at time zone 'UTC' as timestamp), told_at + to_microseconds(1)
);

create or replace view ops.accepted_files as
select
    files.source_system,
    files.source_table,
    files.path,
    files.batch_id,
    files.dropped_on
from ops.ingested_files as files
inner join ops.batches as batches on files.batch_id = batches.batch_id
where
    batches.status = 'accepted'
    and not exists (
        select 1 from ops.removed_rows as removed
        where
            files.source_system = removed.source_system
            and files.source_table = removed.source_table
            and files.path = removed.path
            and files.file_version = removed.file_version
    )
qualify row_number() over (
    partition by files.source_system, files.source_table, files.path
    order by files.file_version desc
) = 1;

-- What is in quarantine and still to be mended: neither replayed, nor replaced by a
-- later version of its file, nor of a batch that was rejected. Ids outlive the warehouse.
-- What a file was refused for whole is told of its newest version only.
create or replace view quarantine.open_rows as
select
    left(
        md5(concat_ws('|', held.stage, held.file, held.line, versions.sha256)), 16
    ) as row_id,
    held.*,
    versions.dropped_on
from quarantine.rows as held
left join ops.ingested_files as versions
    on
        held.source_system = versions.source_system
        and held.source_table = versions.source_table
        and held.file = versions.path
        and held.batch_id = versions.batch_id
where
    not exists (
        select 1 from ops.batches as batches
        where held.batch_id = batches.batch_id and batches.status = 'rejected'
    )
    and not exists (
        select 1
        from ops.ingested_files as later
        left join ops.batches as batches on later.batch_id = batches.batch_id
        where
            held.source_system = later.source_system
            and held.source_table = later.source_table
            and held.file = later.path
            and later.ingested_at
            > coalesce(versions.ingested_at, held.quarantined_at)
            and (batches.status <> 'rejected' or held.line is null)
    )
    and not exists (
        select 1
        from quarantine.replays as replays
        inner join ops.batches as batches on replays.batch_id = batches.batch_id
        where
            replays.row_id = left(
                md5(concat_ws('|', held.stage, held.file, held.line, versions.sha256)),
                16
            )
            and batches.status <> 'rejected'
    );

-- What was found when each version of a table was judged last.
create or replace view ops.gate_findings as
select *
from ops.gate_results
qualify
    checked_at = max(checked_at) over (
        partition by layer, table_schema, table_name, version
    );

-- The last word on every version of a table: no rule of severity `error` failed.
create or replace view ops.gate_verdicts as
select
    layer,
    table_schema,
    table_name,
    version,
    max(suite) as suite,
    bool_and(passed or severity = 'warning') as passed,
    max(checked_at) as checked_at
from ops.gate_findings
group by layer, table_schema, table_name, version;
{%- endmacro %}
