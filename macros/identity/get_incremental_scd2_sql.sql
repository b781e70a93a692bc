{#-
    Incremental strategy for a table of versions with `committed_from` and `committed_to`.
    A row of the model that has a committed_to closes the current version of its
    unique_key, whose parts may be null; one that has none opens a new version.
-#}
{% macro get_incremental_scd2_sql(arg_dict) -%}
{%- set target = arg_dict['target_relation'] -%}
{%- set changes = arg_dict['temp_relation'] -%}
{%- set columns = arg_dict['dest_columns'] | map(attribute='name') | join(', ') -%}
update {{ target }} as target
set committed_to = changes.committed_to
from {{ changes }} as changes
where
    target.committed_to is null
    and changes.committed_to is not null
    {%- for key in arg_dict['unique_key'] %}
    and target.{{ key }} is not distinct from changes.{{ key }}
    {%- endfor %};

insert into {{ target }} ({{ columns }})
select {{ columns }}
from {{ changes }}
where committed_to is null
{%- endmacro %}
