{#- Stores the keys of the slices that a change of any input reaches; returns the relation. -#}
{% macro reached_keys() -%}
    {%- set slices = customer360.slices() -%}
    {%- if model.sources -%}
        {%- do slices.update({'files': customer360.scratch_table(
            'files', customer360.changed_files()
        )}) -%}
    {%- endif -%}
    {%- set reached = [] -%}
    {%- for input in slices.inputs.values() -%}
        {%- do reached.append(customer360.reached_slices(input)) -%}
    {%- endfor -%}
    {{ return(customer360.scratch_table('keys', reached | join('\nunion\n'))) }}
{%- endmacro %}
