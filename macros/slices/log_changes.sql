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
