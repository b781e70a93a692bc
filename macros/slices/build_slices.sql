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
