{#- SQL that begins the log of changes of the current model's table with this version. -#}
{% macro restart_log() -%}
    {%- set log = customer360.changes_table(model) -%}
drop table if exists {{ log }};

create table {{ log }} as
select
    cast(0 as bigint) as _version,
    cast(0 as bigint) as _change,
    *
from {{ this }}
limit 0;

delete from ops.change_logs
where table_schema = '{{ this.schema }}' and table_name = '{{ this.identifier }}';

insert into ops.change_logs
select
    table_schema,
    table_name,
    version as complete_since,
    '{{ invocation_id }}' as run_id
from ops.table_builds
where table_schema = '{{ this.schema }}' and table_name = '{{ this.identifier }}';
{%- endmacro %}
