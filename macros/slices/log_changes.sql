{#-
    SQL that adds to the log of the current model's table what is in one of two relations
    and not in the other, under the table's version, and leaves out what all that read it
    have taken in.
-#}
{% macro log_changes(before, after) -%}
    {%- set log = customer360.changes_table(model) -%}
    {%- set this_table -%}
        table_schema = '{{ this.schema }}' and table_name = '{{ this.identifier }}'
    {%- endset -%}
delete from {{ log }}
where _version <= (
    select min(cast(state as bigint))
    from ops.built_from
    where input = '{{ this.schema }}.{{ this.identifier }}'
);

insert into {{ log }}
select
    (select version from ops.table_builds where {{ this_table }}) as _version,
    *
from (
    (from {{ before }} except all from {{ after }})
    union all
    (from {{ after }} except all from {{ before }})
);

update ops.change_logs
set complete_since = greatest(
    complete_since,
    (
        select min(cast(state as bigint))
        from ops.built_from
        where input = '{{ this.schema }}.{{ this.identifier }}'
    )
)
where {{ this_table }};
{%- endmacro %}

{#- SQL that begins the log of changes of the current model's table with this version. -#}
{% macro restart_log() -%}
    {%- set log = customer360.changes_table(model) -%}
drop table if exists {{ log }};

create table {{ log }} as
select
    cast(0 as bigint) as _version,
    *
from {{ this }}
limit 0;

delete from ops.change_logs
where table_schema = '{{ this.schema }}' and table_name = '{{ this.identifier }}';

insert into ops.change_logs
select
    table_schema,
    table_name,
    version as complete_since
from ops.table_builds
where table_schema = '{{ this.schema }}' and table_name = '{{ this.identifier }}';
{%- endmacro %}

{#- Whether the log of the current model's table has the columns of a relation. -#}
{% macro has_columns_of(relation) -%}
    {%- set columns = "select column_name, data_type from duckdb_columns() where "
        ~ "schema_name = '%s' and table_name = '%s' and column_name <> '_version'"
    -%}
    {%- set query -%}
        (
            {{ columns | format('changes', this.schema ~ '__' ~ this.identifier) }}
            except
            {{ columns | format(this.schema, this.identifier) }}
        )
        union all
        (
            {{ columns | format(this.schema, this.identifier) }}
            except
            {{ columns | format('changes', this.schema ~ '__' ~ this.identifier) }}
        )
    {%- endset -%}
    {{ return(not run_query(query).rows) }}
{%- endmacro %}
