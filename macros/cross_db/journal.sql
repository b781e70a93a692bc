{#-
    The rows of a journal of requests as a relation, without any on engines that have no
    ledgers of ours. `columns` are the names of those that are read; times end in `_at`.
-#}
{% macro journal(name, columns) -%}
{%- set ledger = source('ops', name) -%}
(
    select
    {%- for column in columns %}
        {%- if target.type == 'duckdb' %}
        {{ column }}
        {%- else %}
        cast(null as {{ 'timestamp' if column.endswith('_at') else 'varchar' }})
            as {{ column }}
        {%- endif %}
        {{- "," if not loop.last }}
    {%- endfor %}
    {{ "from " ~ ledger if target.type == 'duckdb' else "where false" }}
)
{%- endmacro %}
