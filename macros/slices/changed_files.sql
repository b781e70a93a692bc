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
