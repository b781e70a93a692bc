{#- SQL that writes down what the current model's table was built from. -#}
{% macro log_inputs() -%}
    {%- set this_table -%}
        table_schema = '{{ this.schema }}' and table_name = '{{ this.identifier }}'
    {%- endset -%}
delete from ops.built_from where {{ this_table }};

insert into ops.built_from
select
    '{{ this.schema }}' as table_schema,
    '{{ this.identifier }}' as table_name,
    'digest' as input,
    '{{ customer360.slices().digest }}' as state
union all
select
    '{{ this.schema }}' as table_schema,
    '{{ this.identifier }}' as table_name,
    table_schema || '.' || table_name as input,
    cast(version as varchar) as state
from ops.table_builds
where
    false
    {%- for node in customer360.stored_inputs(model.depends_on.nodes) %}
    or (table_schema = '{{ node.schema }}' and table_name = '{{ node.alias }}')
    {%- endfor %};
{%- if model.sources %}

delete from ops.built_files where {{ this_table }};

insert into ops.built_files
select
    '{{ this.schema }}' as table_schema,
    '{{ this.identifier }}' as table_name,
    source_system,
    source_table,
    path,
    batch_id
from ops.accepted_files
where
    {%- for system, table in model.sources %}
    {{ 'or ' if not loop.first -}}
    (source_system = '{{ system }}' and source_table = '{{ table }}')
    {%- endfor %};
{%- endif %}
{%- endmacro %}
