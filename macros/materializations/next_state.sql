{#-
    SQL of all rows of a kept table once `changes`, the rows of its model, are in it, by the
    model's incremental_strategy: append, delete+insert, or scd2 (see
    get_incremental_scd2_sql).
-#}
{% macro next_state(existing, changes) -%}
{%- set strategy = config.get('incremental_strategy') -%}
{%- set columns = adapter.get_columns_in_relation(existing) | map(attribute='name') | list -%}
{%- set keys = [] -%}
{%- for key in config.get('unique_key') or [] -%}
    {%- do keys.append('kept.' ~ key ~ ' is not distinct from changes.' ~ key) -%}
{%- endfor -%}
select
    {%- for column in columns %}
    {%- if strategy == 'scd2' and column == 'committed_to' %}
    coalesce(kept.committed_to, changes.committed_to) as committed_to
    {%- else %}
    kept.{{ column }}
    {%- endif %}
    {{- "," if not loop.last }}
    {%- endfor %}
from {{ existing }} as kept
{%- if strategy == 'scd2' %}
left join {{ changes }} as changes
    on
        {{ keys | join(' and ') }}
        and kept.committed_to is null
        and changes.committed_to is not null
{%- elif strategy == 'delete+insert' %}
left anti join {{ changes }} as changes on {{ keys | join(' and ') }}
{%- endif %}

union all

select {{ columns | join(', ') }}
from {{ changes }}
{%- if strategy == 'scd2' %}
where committed_to is null
{%- endif %}
{%- endmacro %}
