{#-
    SQL that adds to the log of the current model's table what is in one of two relations
    and not in the other, under the table's version and with how many rows were added,
    or removed if below 0; what all that read it have taken in is left out. Where nothing
    reads it by slices nothing is compared. Counting equal rows costs a fifth of
    `except all`, which numbers them.
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

{% if run_query(
    "select 1 from ops.built_from where input = '" ~ this.schema ~ "."
    ~ this.identifier ~ "' limit 1"
).rows -%}
insert into {{ log }} by name
select
    (select version from ops.table_builds where {{ this_table }}) as _version,
    * exclude (_change),
    cast(sum(_change) as bigint) as _change
from (
    select *, 1 as _change from {{ after }}
    union all by name
    select *, -1 as _change from {{ before }}
)
group by all
having sum(_change) <> 0;
{%- endif %}

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
