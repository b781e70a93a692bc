{#-
    The rows that were removed from a relation or added to it since the current model was
    built; of a feed, which is a view, those of the tables that it unites.
-#}
{% macro changed_rows(relation) -%}
    {%- set node = customer360.node_of(relation) -%}
    {%- if node.config.materialized == 'view' -%}
        {%- set columns = customer360.feed_columns(node.name | replace('core__', '')) -%}
        {%- for parent in customer360.stored_inputs([node.unique_id]) %}
    select
            {%- for name, data_type in columns.items() %}
        cast({{ name }} as {{ data_type }}) as {{ name }}{{ ',' if not loop.last }}
            {%- endfor %}
    from {{ customer360.changes_table(parent) }}
    where _version > {{ customer360.slices().seen[parent.unique_id] }}
            {{- ' union all ' if not loop.last }}
        {%- endfor %}
    {%- else %}
    select *
    from {{ customer360.changes_table(node) }}
    where _version > {{ customer360.slices().seen[node.unique_id] }}
    {%- endif %}
{%- endmacro %}
