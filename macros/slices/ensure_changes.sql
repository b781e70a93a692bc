{#-
    The bookkeeping of tables that are built by slices. `ops.change_logs`: since which
    version the log of a table's changes is complete, and which run built it whole last.
    `ops.built_from`: the versions of its inputs, and the digest of the SQL, that a table
    was built from; `ops.built_files`: the files.
-#}
{% macro ensure_changes() -%}
    {{ return(adapter.dispatch('ensure_changes', 'customer360')()) }}
{%- endmacro %}

{% macro default__ensure_changes() -%}{%- endmacro %}

{% macro duckdb__ensure_changes() -%}
create schema if not exists changes;

create table if not exists ops.change_logs (
    table_schema varchar not null,
    table_name varchar not null,
    complete_since bigint not null,
    run_id varchar
);

-- For warehouses that were made before a log told which run built its table whole.
alter table ops.change_logs add column if not exists run_id varchar;

create table if not exists ops.built_from (
    table_schema varchar not null,
    table_name varchar not null,
    input varchar not null,
    state varchar not null
);

create table if not exists ops.built_files (
    table_schema varchar not null,
    table_name varchar not null,
    source_system varchar not null,
    source_table varchar not null,
    path varchar not null,
    batch_id varchar not null
);
{%- endmacro %}
