{#-
    The rows that were removed from a relation or added to it since the current model was
    built; of a feed, which is a view, those of the tables that it unites. A table that
    did not change need not have a log.
-#}
{% macro changed_rows(relation) -%}
    {%- set node = customer360.node_of(relation) -%}
    {%- set columns = {} -%}
    {%- if node.config.materialized == 'view' -%}
        {%- set columns = customer360.feed_columns(node.name | replace('core__', '')) -%}
    {%- endif -%}
    select {{ columns | join(', ') or '*' }}
    from {{ relation }}
    where false
    {%- for input in customer360.stored_inputs([node.unique_id])
        if input.unique_id in customer360.slices().changed %}
    union all
    select
        {%- for name, data_type in columns.items() %}
        cast({{ name }} as {{ data_type }}) as {{ name }}{{ ',' if not loop.last }}
        {%- else %}
        * exclude (_version)
        {%- endfor %}
    from {{ customer360.changes_table(input) }}
    where _version > {{ customer360.slices().seen[input.unique_id] }}
    {%- endfor %}
{%- endmacro %}
