{#-
    The rows that were removed from a relation or added to it since the current model was
    built; of a feed, which is a view, those of the tables that it unites, and of another
    view those of the one table that it filters. A table that did not change need not have
    a log. If `columns` are named, only rows that differ in one of these.
-#}
{% macro changed_rows(relation, columns=[]) -%}
    {%- set node = customer360.node_of(relation) -%}
    {%- set inputs = customer360.stored_inputs([node.unique_id]) -%}
    {%- set fed = {} -%}
    {%- if node.config.materialized == 'view' and node.name.startswith('core__') -%}
        {%- set fed = customer360.feed_columns(node.name | replace('core__', '')) -%}
    {%- elif node.config.materialized == 'view' -%}
        {%- set relation = inputs[0].relation_name -%}
    {%- endif -%}
    {%- if columns %}
    select {{ columns | join(', ') }}
    from (
    {%- endif %}
    select
        {{ fed | join(', ') or '*' }},
        cast(0 as bigint) as _change
    from {{ relation }}
    where false
    {%- for input in inputs if input.unique_id in customer360.slices().changed %}
    union all
    select
        {%- for name, data_type in fed.items() %}
        cast({{ name }} as {{ data_type }}) as {{ name }},
        {%- else %}
        * exclude (_version, _change),
        {%- endfor %}
        _change
    from {{ customer360.changes_table(input) }}
    where _version > {{ customer360.slices().seen[input.unique_id] }}
    {%- endfor %}
    {%- if columns %}
    )
    group by all
    having sum(_change) <> 0
    {%- endif %}
{%- endmacro %}
