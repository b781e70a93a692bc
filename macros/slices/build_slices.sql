{#-
    Takes the slices that a change of the inputs reaches out of the current model's table
    and puts them in anew; returns relations of their rows before and after.
-#}
{% macro build_slices(target) -%}
    {%- set slices = customer360.slices() -%}
    {%- set slice_key = config.require('unique_key') -%}
    {%- if model.sources -%}
        {%- do slices.update({'files': customer360.scratch_table(
            'files', customer360.changed_files()
        )}) -%}
    {%- endif -%}
    {%- set reached = [] -%}
    {%- for input in slices.inputs.values() -%}
        {%- do reached.append(customer360.reached_slices(input)) -%}
    {%- endfor -%}
    {%- set keys = customer360.scratch_table('keys', reached | join('\nunion\n')) -%}

    {%- set sliced_code = namespace(sql=compiled_code) -%}
    {%- for marker, input in slices.inputs.items() -%}
        {%- set sliced_code.sql = sliced_code.sql | replace(
            marker, customer360.rows_of_slices(input, keys)
        ) -%}
    {%- endfor -%}

    {%- set before = customer360.scratch_table('before', (
        'select facts.* from ' ~ target ~ ' as facts semi join ' ~ keys
        ~ ' as keys on ' ~ slice_key ~ ' is not distinct from keys.slice_key'
    )) -%}
    {%- set after = customer360.scratch_table('after', 'from ' ~ target ~ ' limit 0') -%}
    {%- call statement('main') -%}
        insert into {{ after }} by name {{ sliced_code.sql }}
    {%- endcall -%}
    {%- call statement('replace') -%}
        delete from {{ target }}
        where rowid in (
            select facts.rowid
            from {{ target }} as facts
            semi join {{ keys }} as keys
                on {{ slice_key }} is not distinct from keys.slice_key
        );
        insert into {{ target }} by name from {{ after }};
    {%- endcall -%}
    {{ return({'before': before, 'after': after}) }}
{%- endmacro %}

{#- Query: the keys of slices that changes of one sliced input reach. -#}
{% macro reached_slices(input) -%}
    {%- if input.source %}
select {{ input.by }} as slice_key
from (
    select
        {%- for name, value in input.key_columns.items() %}
        {{ value }} as {{ name }}{{ ',' if not loop.last }}
        {%- endfor %}
    from {{ input.relation }} as raw
    semi join {{ customer360.slices().files }} as files
        on
            raw._file = files.path
            and raw._batch_id = files.batch_id
            and files.source_system = '{{ input.source[0] }}'
            and files.source_table = '{{ input.source[1] }}'
)
    {%- else %}
select {{ input.by }} as slice_key
from ({{ customer360.changed_rows(input.relation) }})
        {%- for relation, column, expression in input.reached_by %}
union
select {{ input.by }} as slice_key
from {{ input.relation }}
where {{ expression }} in (
    select {{ column }} from ({{ customer360.changed_rows(relation) }})
)
        {%- endfor %}
    {%- endif %}
{%- endmacro %}

{#- A relation: the rows of a sliced input in the slices that are built again. -#}
{% macro rows_of_slices(input, keys) -%}
    {%- if input.source -%}
(
    select *
    from {{ input.relation }}
    where rowid in (
        select keyed._row
        from (
            select
                {%- for name, value in input.key_columns.items() %}
                {{ value }} as {{ name }},
                {%- endfor %}
                raw.rowid as _row
            from {{ input.relation }} as raw
        ) as keyed
        semi join {{ keys }} as keys on {{ input.by }} is not distinct from keys.slice_key
    )
)
    {%- else -%}
(
    select facts.*
    from {{ input.relation }} as facts
    semi join {{ keys }} as keys on {{ input.by }} is not distinct from keys.slice_key
)
    {%- endif -%}
{%- endmacro %}

{#- Query: files whose rows went into the current model's table or out of it since. -#}
{% macro changed_files() -%}
    {%- set columns = 'source_system, source_table, path, batch_id' -%}
with

held as (

    select {{ columns }}
    from ops.built_files
    where table_schema = '{{ this.schema }}' and table_name = '{{ this.identifier }}'

),

accepted as (

    select {{ columns }}
    from ops.accepted_files
    where
        {%- for system, table in model.sources %}
        {{ 'or ' if not loop.first -}}
        (source_system = '{{ system }}' and source_table = '{{ table }}')
        {%- endfor %}

)

(from held except from accepted)
union all
(from accepted except from held)
{%- endmacro %}
