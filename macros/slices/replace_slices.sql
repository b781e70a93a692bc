{#-
    Takes the slices of some keys out of the current model's table and puts in what a
    query yields; returns relations of their rows before and after.
-#}
{% macro replace_slices(target, keys, code) -%}
    {%- set slice_key = config.require('unique_key') -%}
    {%- set before = customer360.scratch_table('before', (
        'select facts.* from ' ~ target ~ ' as facts semi join ' ~ keys
        ~ ' as keys on ' ~ slice_key ~ ' is not distinct from keys.slice_key'
    )) -%}
    {%- set after = customer360.scratch_table('after', 'from ' ~ target ~ ' limit 0') -%}
    {%- call statement('main') -%}
        insert into {{ after }} by name {{ code }}
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
    {%- set fresh = {'before': before, 'after': after} -%}
    {%- do customer360.slices().update({'fresh': fresh}) -%}
    {{ return(fresh) }}
{%- endmacro %}
